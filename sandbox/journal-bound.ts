import type { Sql, Tx } from './sql/port.ts';

/** How much the journal of one generation of a sandbox holds, or gained. */
export interface Extent {
  readonly exchanges: number;
  /** Of both halves with their bodies; what else a row has is left out. */
  readonly bytes: number;
}

/** So much the journal of a sandbox may hold; what is older goes. */
export const BOUND: Extent = { exchanges: 100_000, bytes: 256 * 1024 * 1024 };

/** Rows, and bytes, that one transaction drops at most: nobody else writes meanwhile, and a row may hold two bodies of 64 KB. */
const PAGE = { exchanges: 500, bytes: 4 * 1024 * 1024 };

const exceeds = (held: Extent, bound: Extent): boolean => held.exchanges > bound.exchanges || held.bytes > bound.bytes;

/** A little less than may be held, so that the next exchange does not begin it all again. */
const aim = (bound: Extent): Extent => ({
  exchanges: Math.floor(bound.exchanges * 0.99),
  bytes: Math.floor(bound.bytes * 0.99),
});

/** How many of the oldest are likely to be enough, but no more than a page. */
const howMany = (held: Extent, least: Extent): number => {
  const average = Math.max(1, held.bytes / Math.max(1, held.exchanges));
  const tooMany = Math.max(held.exchanges - least.exchanges, (held.bytes - least.bytes) / average);
  return Math.ceil(Math.max(1, Math.min(PAGE.exchanges, PAGE.bytes / average, tooMany)));
};

/** Adds what a generation gained, in the transaction in which it did; returns what it holds now. */
const addExtent = async (tx: Tx, serial: number, gained: Extent): Promise<Extent> => {
  const [held] = await tx.query<Extent>(
    `insert into journal_extent (serial, exchanges, bytes, dropped) values ($1, $2, $3, 0)
     on conflict (serial) do update set exchanges = journal_extent.exchanges + excluded.exchanges,
       bytes = journal_extent.bytes + excluded.bytes
     returning exchanges, bytes`,
    [serial, gained.exchanges, gained.bytes],
  );
  return held ?? gained;
};

interface Oldest extends Extent {
  /** Of the latest of them. */
  readonly cursor: number;
}

const SIZE = ['request', 'request_body', 'reply', 'reply_body']
  .map((part) => `coalesce(length(${part}), 0)`)
  .join(' + ');

/** The one entry that says what is gone; the only one of its sandbox at that time, as a UUID of version 7 counts it. */
const noticeId = (serial: number): string => `00000000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;

const MB = 1024 * 1024;

/** Drops a page of the oldest exchanges if there is too much; false when there is not. The first entry says how many are gone. */
const dropPage = async (tx: Tx, serial: number, bound: Extent): Promise<boolean> => {
  const [held] = await tx.query<Extent & { dropped: number }>(
    'select exchanges, bytes, dropped from journal_extent where serial = $1',
    [serial],
  );
  const least = aim(bound);
  if (held === undefined || !exceeds(held, least)) return false;
  await tx.query('delete from exchange where serial = $1 and id = $2', [serial, noticeId(serial)]);
  // Counted first and then deleted as one range: a delete that returns its rows costs twice as much.
  const [oldest] = await tx.query<Oldest>(
    `select max(cursor) as cursor, sum(case when kind = 'gap' then 0 else 1 end) as exchanges, sum(${SIZE}) as bytes from
       (select cursor, kind, request, request_body, reply, reply_body from exchange where serial = $1
        order by cursor limit $2) oldest
     having count(*) > 0`,
    [serial, howMany(held, least)],
  );
  if (oldest === undefined) return false;
  const { cursor, exchanges, bytes } = oldest;
  const [last] = await tx.query<{ at: number; at_real: number }>(
    'select at, at_real from exchange where serial = $1 and cursor = $2',
    [serial, cursor],
  );
  await tx.query('delete from exchange where serial = $1 and cursor <= $2', [serial, cursor]);
  const dropped = held.dropped + exchanges;
  const most = `${bound.exchanges} exchanges and ${Math.round(bound.bytes / MB)} MB`;
  const note = `${dropped} older exchanges are not kept any more: the journal of a sandbox holds at most ${most}`;
  await tx.query(
    `insert into exchange (serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed, note)
     values ($1, $2, $2, $3, 'gap', $4, $5, 'journal', 'journal', 0, $6)`,
    [serial, cursor, noticeId(serial), last?.at ?? 0, last?.at_real ?? 0, note],
  );
  await tx.query(
    'update journal_extent set exchanges = exchanges - $1, bytes = bytes - $2, dropped = $3 where serial = $4',
    [exchanges, bytes, dropped, serial],
  );
  return true;
};

export interface JournalBound {
  /** In the transaction that adds to the journal. */
  add(tx: Tx, serial: number, gained: Extent): Promise<void>;
  /** After such a transaction was committed: begins to drop where there is too much. */
  enforce(): void;
  /** Resolves when nothing is being dropped. */
  settled(): Promise<void>;
  /** Idempotent; waits for the page that is being dropped. What is left is dropped with a later exchange. */
  close(): Promise<void>;
}

/** Keeps the journal of each sandbox within its bound, in pages and between other transactions. */
export const createJournalBound = (sql: Sql, bound: Extent, failed: (error: unknown) => void): JournalBound => {
  const waiting = new Set<number>();
  let running: Promise<void> | undefined;
  let closed = false;
  const drop = async (serial: number): Promise<void> => {
    // What is added from here on counts anew: it may be committed together with the look that found nothing to drop.
    waiting.delete(serial);
    try {
      while (!closed && (await sql.transaction((tx) => dropPage(tx, serial, bound), serial)));
    } catch (error) {
      waiting.add(serial);
      throw error;
    }
  };
  const run = async (): Promise<void> => {
    try {
      while (!closed && waiting.size > 0) for (const serial of waiting) await drop(serial);
    } catch (error) {
      failed(error);
    }
    running = undefined;
  };
  const start = (): void => {
    running = run();
  };
  return {
    async add(tx, serial, gained) {
      if (!exceeds(await addExtent(tx, serial, gained), bound)) return;
      waiting.add(serial);
    },
    enforce() {
      if (waiting.size > 0 && running === undefined && !closed) start();
    },
    async settled() {
      await running;
    },
    async close() {
      closed = true;
      await running;
    },
  };
};
