import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { ExchangeEnd, ExchangeStart } from './journal.ts';
import type { JournalBound } from './journal-bound.ts';
import type { Capture } from './journal-capture.ts';
import { completeExchange, type ExchangeRow, exchangeRow, insertExchanges, missing } from './journal-rows.ts';
import { createTally, type Tally } from './journal-tally.ts';
import { takeNumbers } from './numbers.ts';
import { SqlError } from './sql/error.ts';
import type { Sql, Tx } from './sql/port.ts';

export interface Entry {
  readonly start: ExchangeStart;
  readonly end: ExchangeEnd;
  /** Whether `begin` wrote the request half. */
  readonly begun: boolean;
}

interface Lost {
  readonly last: ExchangeStart;
  readonly count: number;
}

interface Batch {
  readonly batch: readonly Entry[];
  readonly gaps: readonly Lost[];
  readonly written: Tally;
}

export interface Batcher {
  push(entry: Entry): void;
  /** Wakes the watchers of a sandbox with the next batch, although nothing of it is in the queue. */
  touch(sandboxId: string): void;
  /** Whether an exchange of this generation is not written yet: what is written at once would stand before it. */
  waits(serial: number): boolean;
  /** Counts, with the next batch, an exchange that was written elsewhere. */
  count(sandboxId: string, serial: number, bytes: number): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Rules 3 ask for 20 ms at most; the rest is for the transaction. */
const WAIT_MS = 15;
/** Rows of one transaction, so that a batch does not hold the event loop for more than a few milliseconds. */
const BATCH_MAX = 200;
const QUEUE_BYTES = 64 * 1024 * 1024;
const ATTEMPTS = 3;
const FAILED_WAIT_MS = 1000;

const sizeOf = (entry: Entry): number =>
  1024 + (entry.start.request?.body?.length ?? 0) + (entry.end.reply?.body?.length ?? 0);

/**
 * Replies, reads and refusals wait here for at most 20 ms and are written together: one transaction, and one update of the
 * counter for each sandbox in it. The queue is bounded; what does not fit is counted and shows as a `gap` exchange.
 */
export const createBatcher = (options: {
  sql: Sql;
  capture: Capture;
  queueCap: number;
  failed: (error: unknown) => void;
  wake: (sandboxes: Iterable<string>) => void;
  bound: JournalBound;
}): Batcher => {
  const { sql, capture } = options;
  const queue: Entry[] = [];
  /** How many of them, and of those that are being written, are of which generation. */
  const queued = new Map<number, number>();
  let bytes = 0;
  let lost = new Map<number, Lost>();
  let touched = new Set<string>();
  const tally = createTally();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let pushed = 0;
  let taken = 0;
  let closing: Promise<void> | undefined;
  /** A batch may be set off from inside a transaction, as whose own it must not be taken. */
  const outside = AsyncLocalStorage.snapshot();

  const lose = (last: ExchangeStart, count: number): void => {
    lost.set(last.serial, { last, count: count + (lost.get(last.serial)?.count ?? 0) });
  };

  /** Writes what was not begun with as few statements as it takes; returns the bytes of all. */
  const writeEntries = async (tx: Tx, serial: number, entries: readonly Entry[], first: number): Promise<number> => {
    const rows: ExchangeRow[] = [];
    const completed: { cursor: number; id: string; entry: Entry; bytes: number }[] = [];
    for (const [index, entry] of entries.entries()) {
      const { start, end } = entry;
      const cursor = first + index;
      if (!entry.begun) rows.push(exchangeRow(capture, cursor, start, end));
      else
        completed.push({ cursor, id: start.id, entry, bytes: await completeExchange(tx, capture, cursor, start, end) });
    }
    const absent = completed.length === 0 ? undefined : await missing(tx, serial, completed);
    let bytes = 0;
    for (const { id, cursor, entry, bytes: whole } of completed) {
      if (absent?.has(id) === true) rows.push(exchangeRow(capture, cursor, entry.start, entry.end));
      else bytes += whole;
    }
    await insertExchanges(tx, rows);
    return rows.reduce((sum, row) => sum + row.bytes, bytes);
  };

  const writeGap = async (tx: Tx, { last, count }: Lost): Promise<void> => {
    const number = await takeNumbers(tx, { id: last.sandbox, serial: last.serial }, 1);
    if (number === undefined) return;
    const note = `${count} exchanges, or replies to exchanges, were not recorded: more arrived than could be written`;
    await tx.query(
      `insert into exchange (serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed, note)
       values ($1, $2, $2, $3, 'gap', $4, $5, 'journal', 'journal', 0, $6)`,
      [last.serial, number, randomUUID(), last.at, last.atReal, note],
    );
  };

  const writeBatch = async (tx: Tx, { batch, gaps, written }: Batch): Promise<void> => {
    const bySandbox = Map.groupBy(batch, (entry) => entry.start.serial);
    for (const [serial, entries] of bySandbox) {
      const id = entries[0]?.start.sandbox ?? '';
      const first = await takeNumbers(tx, { id, serial }, entries.length);
      // Deleted or reset meanwhile: its journal is gone, and so is this.
      if (first === undefined) continue;
      const bytes = await writeEntries(tx, serial, entries, first);
      await options.bound.add(tx, serial, { exchanges: entries.length, bytes });
    }
    for (const [serial, { id, exchanges, bytes }] of written)
      if ((await takeNumbers(tx, { id, serial }, 0)) !== undefined)
        await options.bound.add(tx, serial, { exchanges, bytes });
    for (const gap of gaps) await writeGap(tx, gap);
  };

  /** False when the store did not take the batch. */
  const store = async (all: Batch): Promise<boolean> => {
    const { batch, gaps, written } = all;
    const lanes = [
      ...batch.map(({ start }) => start.serial),
      ...gaps.map(({ last }) => last.serial),
      ...written.keys(),
    ];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await sql.transaction((tx) => writeBatch(tx, all), lanes);
        return true;
      } catch (error) {
        if (error instanceof SqlError && error.trouble === 'closed') return false;
        if (attempt === ATTEMPTS) options.failed(error);
      }
    }
    return false;
  };

  /** Writes what waits, up to a batch; returns how long to wait before the next. */
  const write = async (): Promise<number> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = queue.length > BATCH_MAX ? queue.splice(0, BATCH_MAX) : queue.splice(0);
    const gaps = [...lost.values()];
    const woken = touched;
    const written = tally.take();
    lost = new Map();
    touched = new Set();
    for (const entry of batch) {
      bytes -= sizeOf(entry);
      woken.add(entry.start.sandbox);
    }
    for (const gap of gaps) woken.add(gap.last.sandbox);
    // Numbers say in which order exchanges began; the queue has them in the order in which they ended.
    batch.sort((a, b) => a.start.atReal - b.start.atReal);
    const idle = batch.length + gaps.length + written.size === 0;
    const stored = idle || (await store({ batch, gaps, written }));
    taken += batch.length;
    for (const { start } of batch) {
      const left = (queued.get(start.serial) ?? 1) - 1;
      if (left === 0) queued.delete(start.serial);
      else queued.set(start.serial, left);
    }
    for (const { exchanges } of written.values()) taken += exchanges;
    if (stored) {
      options.wake(woken);
      options.bound.enforce();
    } else {
      for (const gap of gaps) lose(gap.last, gap.count);
      for (const entry of batch) lose(entry.start, 1);
    }
    return stored ? WAIT_MS : FAILED_WAIT_MS;
  };
  const writeNow = (): Promise<void> => {
    writing ??= outside(write).then((wait) => {
      writing = undefined;
      arm(wait);
    });
    return writing;
  };
  const arm = (wait: number): void => {
    if (writing !== undefined || closing !== undefined) return;
    if (queue.length + lost.size + touched.size === 0) return;
    if (queue.length >= BATCH_MAX && wait === WAIT_MS) void writeNow();
    else timer ??= setTimeout(() => void writeNow(), wait);
  };
  const flush = async (): Promise<void> => {
    const upTo = pushed;
    do await writeNow();
    while (taken < upTo);
  };

  return {
    push({ start, end, begun }) {
      if (closing !== undefined) return;
      const request = start.request && capture.cut(start.request);
      const reply = end.reply && capture.cut(end.reply);
      const entry: Entry = {
        start: request === undefined || request === start.request ? start : { ...start, request },
        end: reply === undefined || reply === end.reply ? end : { ...end, reply },
        begun,
      };
      const size = sizeOf(entry);
      if (queue.length >= options.queueCap || bytes + size > QUEUE_BYTES) {
        lose(start, 1);
      } else {
        queue.push(entry);
        queued.set(start.serial, (queued.get(start.serial) ?? 0) + 1);
        pushed += 1;
        bytes += size;
      }
      arm(WAIT_MS);
    },
    touch(sandboxId) {
      touched.add(sandboxId);
      arm(WAIT_MS);
    },
    waits: (serial) => queued.has(serial),
    count(id, serial, more) {
      tally.add(id, serial, more);
      pushed += 1;
      touched.add(id);
      arm(WAIT_MS);
    },
    flush,
    close() {
      closing ??= flush().then(() => clearTimeout(timer));
      return closing;
    },
  };
};
