import type { Reader, Tx } from '../../sql/port.ts';
import { indexedUpTo, indexNext } from './index-next.ts';
import type { IndexedStore } from './indexed-store.ts';

/**
 * A write does not write its index rows, some fifty places in the index: they are written for many resources at once, in
 * the order of the index, which costs half. `search_progress` holds how far a space is indexed; what lies behind that is
 * indexed before anybody searches the space (query.ts). So an index is never seen without what was acknowledged, and what is
 * missing survives as a fact of the store, not of a process.
 *
 * Where the store has a thread for it (`Reader.beside`), that follows what is created, once that is much; before, and where
 * it has none or that has died, every so manieth creation indexes in its transaction.
 */
const TOGETHER = 128;
/** Behind by no more than this, it is sooner done than a thread that works on it has come so far. */
const LITTLE = 32;
/** From so many on a thread is worth its start: fewer are sooner done, and it takes a fifth of all memory of an idle service. */
const MANY = 256;
/** The thread begins with so many, or after so many milliseconds: with more in one commit each is cheaper (index-next.ts). */
const WORTH_IT = 1024;
const LINGER_MS = 200;
/** So far behind the thread may fall before creations wait for the index again. */
const FAR = 4096;

const THREAD = new URL('./index-thread.ts', import.meta.url);

/** Stores whose thread is over. */
const threadless = new WeakSet<Reader>();

/** Has the thread index a slice; undefined where there is none that could. Never rejects. */
const byThread = async (reader: Reader, space: number): Promise<number | undefined> => {
  if (reader.beside === undefined || threadless.has(reader)) return undefined;
  try {
    return await reader.beside(THREAD, space);
  } catch {
    threadless.add(reader);
    return undefined;
  }
};

interface Following {
  /** Creations since the index was last seen to be complete. */
  count: number;
  /** Creations of this process. */
  all: number;
  running: boolean;
  /** To be called when there is enough for the thread to begin. */
  enough?: (() => void) | undefined;
}

/** By store and space: only hints when to index, so losing them costs nothing but a longer catch-up. */
const following = new WeakMap<Reader, Map<number, Following>>();
const SPACES_MAX = 10_000;

/** Whether so little is missing that it is not worth a thread: nobody who made a few resources waits until one has started. */
const isLittle = async (reader: Reader, space: number): Promise<boolean> => {
  const little = following.get(reader)?.get(space)?.running === true ? LITTLE : MANY;
  const rows = await reader.query('select seq from fhir_resource where space = $1 and seq > $2 order by seq limit $3', [
    space,
    await indexedUpTo(reader, space),
    little + 1,
  ]);
  return rows.length <= little;
};

/** Brings the index of these spaces up to what is stored now, in slices that hold the writer for a few milliseconds. */
export const catchUp = async (where: IndexedStore, spaces: Iterable<number>): Promise<void> => {
  for (const space of spaces) {
    const [newest] = await where.sql.query<{ seq: number }>(
      `select seq from fhir_resource where space = $1
         and seq > coalesce((select upto from search_progress where space = $1), -1) order by seq desc limit 1`,
      [space],
    );
    if (newest === undefined) continue;
    const little = await isLittle(where.sql, space);
    while ((await indexedUpTo(where.sql, space)) < newest.seq) {
      const done =
        (little ? undefined : await byThread(where.sql, space)) ??
        (await where.transaction((tx) => indexNext(tx, space, TOGETHER)));
      if (done === 0) break;
    }
  }
};

const followingOf = (reader: Reader, space: number): Following => {
  const spaces = following.get(reader) ?? new Map<number, Following>();
  following.set(reader, spaces);
  const known = spaces.get(space);
  if (known !== undefined) return known;
  if (spaces.size >= SPACES_MAX) spaces.clear();
  const begun = { count: 0, all: 0, running: false };
  spaces.set(space, begun);
  return begun;
};

/** Waits until there is enough for the thread, or for as long as one may be behind. */
const lingering = (progress: Following): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS).unref();
    progress.enough = () => {
      clearTimeout(timer);
      resolve();
    };
  });

/** Has the thread index for as long as there is much to do. */
const follow = async (reader: Reader, space: number, progress: Following): Promise<void> => {
  progress.running = true;
  while (progress.count >= TOGETHER) {
    if (progress.count < WORTH_IT) await lingering(progress);
    progress.enough = undefined;
    const done = await byThread(reader, space);
    if (done === undefined) break;
    progress.count = done === 0 ? 0 : Math.max(0, progress.count - done);
  }
  progress.running = false;
};

/** To be called after each creation; `reader` is the store's, outside the transaction. */
export const catchUpAfterCreation = async (reader: Reader, tx: Tx, space: number): Promise<void> => {
  const progress = followingOf(reader, space);
  progress.count += 1;
  progress.all += 1;
  if (progress.count < TOGETHER) return;
  const isMuch = progress.running || progress.all >= MANY;
  if (isMuch && reader.beside !== undefined && !threadless.has(reader) && progress.count < FAR) {
    if (!progress.running) void follow(reader, space, progress);
    if (progress.count >= WORTH_IT) progress.enough?.();
    return;
  }
  progress.count -= TOGETHER;
  await indexNext(tx, space, TOGETHER);
};
