import type { Reader, Tx } from '../../sql/port.ts';
import { type Indexed, indexResources, unindexResource } from './index-rows.ts';
import type { IndexedStore } from './indexed-store.ts';

/**
 * A creation does not write its index rows, some fifty places in the index: they are written for many resources at once,
 * in the order of the index, which costs half. `search_progress` holds how far a space is indexed, by `rk`, which only
 * grows; what lies behind that is indexed before anybody searches the space (query.ts), and at every so manieth creation,
 * in its transaction. So an index is never seen without what was acknowledged, and what is missing survives as a fact of
 * the store, not of a process.
 */
const TOGETHER = 128;

interface BehindRow {
  readonly rk: number;
  readonly deleted: number;
  readonly body: string;
  readonly bases: string | null;
}

const indexedUpTo = async (reader: Reader, space: number): Promise<number> => {
  const [row] = await reader.query<{ upto: number }>('select upto from search_progress where space = $1', [space]);
  return row?.upto ?? -1;
};

const toIndex = (rk: number, body: string, bases: string | null): Indexed => ({
  rk,
  resource: JSON.parse(body),
  ...(bases === null ? {} : { bases: bases.split(' ') }),
});

/** Indexes the next resources of a space that are not; returns up to where all are. */
const indexNext = async (tx: Tx, space: number): Promise<number> => {
  const upto = await indexedUpTo(tx, space);
  const rows = await tx.query<BehindRow>(
    `select rk, deleted, body, bases from fhir_resource where space = $1 and rk > $2 order by rk limit ${TOGETHER}`,
    [space, upto],
  );
  const last = rows.at(-1)?.rk;
  if (last === undefined) return upto;
  const present = rows.filter(({ deleted }) => deleted === 0);
  await indexResources(
    tx,
    space,
    present.map(({ rk, body, bases }) => toIndex(rk, body, bases)),
  );
  await tx.query(
    'insert into search_progress (space, upto) values ($1, $2) on conflict (space) do update set upto = excluded.upto',
    [space, last],
  );
  return last;
};

/** Brings the index of these spaces up to what is stored now, in slices that hold the writer for a few milliseconds. */
export const catchUp = async (where: IndexedStore, spaces: Iterable<number>): Promise<void> => {
  for (const space of spaces) {
    const [newest] = await where.sql.query<{ rk: number }>(
      `select rk from fhir_resource where space = $1
         and rk > coalesce((select upto from search_progress where space = $1), -1) order by rk desc limit 1`,
      [space],
    );
    if (newest === undefined) continue;
    while ((await where.transaction((tx) => indexNext(tx, space))) < newest.rk);
  }
};

/** Creations since the last time, by space: only a hint when to index, so losing it costs nothing but a longer catch-up. */
const created = new Map<number, number>();
const SPACES_MAX = 10_000;

/** To be called after each creation. */
export const catchUpAfterCreation = async (tx: Tx, space: number): Promise<void> => {
  const count = (created.get(space) ?? 0) + 1;
  if (count < TOGETHER) {
    if (created.size >= SPACES_MAX) created.clear();
    created.set(space, count);
    return;
  }
  created.delete(space);
  await indexNext(tx, space);
};

interface Place {
  readonly space: number;
  readonly rk: number;
  readonly deleted: boolean;
}

/** After a resource got its next version. One that was not indexed yet will be, as it is then. */
export const indexAgain = async (
  tx: Tx,
  { space, rk, deleted }: Place,
  { body, bases }: { readonly body: string; readonly bases: string | null },
): Promise<void> => {
  if (rk > (await indexedUpTo(tx, space))) return;
  if (!deleted) await unindexResource(tx, space, rk);
  await indexResources(tx, space, [toIndex(rk, body, bases)]);
};

/** After a deletion. */
export const unindex = async (tx: Tx, { space, rk }: Place): Promise<void> => {
  if (rk <= (await indexedUpTo(tx, space))) await unindexResource(tx, space, rk);
};
