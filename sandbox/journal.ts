import { createBatcher } from './journal-batch.ts';
import { BOUND, createJournalBound, type Extent } from './journal-bound.ts';
import { createCapture } from './journal-capture.ts';
import { createJournalReader } from './journal-read.ts';
import { exchangeRow, insertExchange, insertExchanges } from './journal-rows.ts';
import { takeNumbers, takeNumbersAhead, takeSpareNumbers } from './numbers.ts';
import { NOT_FOUND, problem } from './problem.ts';
import type { Sql, Tx } from './sql/port.ts';
import type { BodySource } from './store-text.ts';

/** One generation of one sandbox. */
export interface SandboxKey {
  readonly id: string;
  readonly serial: number;
}

/** One direction of an exchange, as it was on the wire. */
export interface Half {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A set of headers that goes before these: see journal-usual.ts. */
  readonly usual?: number | undefined;
  readonly body?: Uint8Array | string | undefined;
  /** Of the body, where they have been counted already. */
  readonly bytes?: number | undefined;
  /** Where the same body can be had again for as long as the sandbox lives, so that it need not be kept here too. */
  readonly source?: BodySource | undefined;
}

export interface ExchangeStart {
  readonly id: string;
  readonly sandbox: string;
  readonly serial: number;
  readonly kind: 'http' | 'message' | 'mllp' | 'timer' | 'control';
  /** Milliseconds on the sandbox clock, and on the real one. */
  readonly at: number;
  readonly atReal: number;
  readonly from: string;
  readonly to: string;
  readonly claimed: boolean;
  readonly operation?: string | undefined;
  readonly summary?: string;
  readonly request?: Half;
}

export interface ExchangeEnd {
  readonly reply?: Half | undefined;
  /** In place of the request half, where that was begun with what turned out to be nothing to keep. */
  readonly request?: Half | undefined;
  readonly fault?: string | undefined;
  readonly note?: string | undefined;
  readonly milliseconds: number;
  readonly operation?: string | undefined;
  readonly summary?: string;
}

export interface WholeExchange {
  readonly start: ExchangeStart;
  readonly end: ExchangeEnd;
}

/** HttpHalf of openapi/service.yaml; `size` and `sha256` are those of the whole body, of which 64 KB are kept. */
export interface HalfView {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly encoding?: 'utf8' | 'base64';
  readonly size?: number;
  readonly sha256?: string;
  readonly truncated?: boolean;
}

/** Exchange of openapi/service.yaml. */
export interface ExchangeView {
  readonly id: string;
  readonly seq: number;
  readonly cursor: string;
  readonly kind: 'http' | 'message' | 'mllp' | 'timer' | 'control' | 'gap';
  readonly at: string;
  readonly realAt: string;
  readonly from: string;
  readonly claimed: boolean;
  readonly to: string;
  readonly operation?: string;
  readonly summary?: string;
  readonly fault?: string;
  readonly note?: string;
  readonly milliseconds?: number;
  readonly request?: HalfView;
  readonly reply?: HalfView;
}

/** What happened at the edges of a sandbox (rules 3). Credentials are redacted before anything is written. */
export interface Journal {
  /**
   * The request half, in the transaction of its effect, or with `end` the whole; returns its number. Refuses when this
   * generation of the sandbox is gone.
   */
  begin(tx: Tx, start: ExchangeStart, end?: ExchangeEnd): Promise<number>;
  /** Several whole exchanges of one generation of a sandbox, in this order; returns the number of the first. */
  beginAll(tx: Tx, exchanges: readonly WholeExchange[]): Promise<number>;
  /** The number of an exchange that `beginReserved` begins in the same transaction; the one after it is nobody's yet. */
  reserve(tx: Tx, start: ExchangeStart): Promise<number>;
  /**
   * Begins under that number. Where `end` is known already, one row says it all and there is nothing to finish, unless an
   * earlier exchange of the sandbox still waits to be written: then this one does, too. Returns the bytes of a whole one.
   */
  beginReserved(tx: Tx, number: number, start: ExchangeStart, end?: () => ExchangeEnd): Promise<number | undefined>;
  /** What was begun with its end is committed: from now on it counts. Without the news it is there, and not counted. */
  wrote(start: ExchangeStart, bytes: number): void;
  /** Completes what `begin` wrote, or writes it all where that was rolled back; batched, gets a new cursor. */
  finish(start: ExchangeStart, end: ExchangeEnd): void;
  /** A whole exchange at once: reads and refusals; batched. */
  record(start: ExchangeStart, end: ExchangeEnd): void;
  /** Ordered by cursor; may stop before `limit` where bodies are large, and then says `next`. */
  page(sandbox: SandboxKey, after: number, limit: number): Promise<{ items: ExchangeView[]; next?: string }>;
  get(sandbox: SandboxKey, id: string): Promise<ExchangeView | undefined>;
  /** Calls `wake` after rows of the sandbox were committed; returns how to stop that. */
  watch(sandboxId: string, wake: () => void): () => void;
  /** Resolves when everything handed over before is written, and what is too much by that is gone. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly sql: Sql;
  /** Bytes of a body that are kept; 64 KB. */
  readonly bodyCap?: number;
  /** Exchanges that may wait to be written; beyond it a gap is recorded instead. */
  readonly queueCap?: number;
  /** What the journal of one sandbox may hold; the oldest goes, and an entry in its place says how many are gone. */
  readonly bound?: Extent;
  /** Values that are redacted wherever they stand; read at each use, so that it may grow. */
  readonly secrets?: ReadonlySet<string>;
  /** Reads what a `source` names; without it every body is kept. */
  readonly bodyOf?: (source: BodySource) => Promise<string | Uint8Array | undefined>;
  readonly real?: () => number;
  /** Told why a batch could not be written; what was in it shows as a gap once writing works again. */
  readonly failed?: (error: unknown) => void;
}

const BODY_CAP = 65_536;
const QUEUE_CAP = 10_000;
/** What the nodes tell each other: the sandboxes whose rows a batch has written. */
const TOPIC = 'journal';

export const createJournal = (options: JournalOptions): Journal => {
  const { sql, real = Date.now, failed = () => undefined } = options;
  const capture = createCapture(
    options.bodyCap ?? BODY_CAP,
    options.secrets ?? new Set(),
    options.bodyOf !== undefined,
  );
  const watchers = new Map<string, Set<() => void>>();
  const wake = (sandboxes: Iterable<string>): void => {
    for (const id of sandboxes) for (const call of watchers.get(id) ?? []) call();
  };
  const bound = createJournalBound(sql, options.bound ?? BOUND, failed);
  const wakeAll = (sandboxes: Iterable<string>): void => {
    wake(sandboxes);
    for (const id of sandboxes) sql.notify?.(TOPIC, id);
  };
  const deafen = sql.listen?.(TOPIC, (id) => wake(id === undefined ? watchers.keys() : [id]));
  const batcher = createBatcher({
    sql,
    capture,
    wake: wakeAll,
    failed,
    bound,
    queueCap: options.queueCap ?? QUEUE_CAP,
  });
  const reader = createJournalReader({ sql, real, capture, bodyOf: options.bodyOf });
  let closing: Promise<void> | undefined;
  const numbers = async (
    tx: Tx,
    { sandbox: id, serial }: ExchangeStart,
    count: number,
    takeThem = takeNumbers,
  ): Promise<number> => {
    const first = await takeThem(tx, { id, serial }, count);
    if (first === undefined) throw problem(NOT_FOUND, 'The sandbox was deleted or reset in the meantime');
    return first;
  };
  const take = async (tx: Tx, start: ExchangeStart, count: number): Promise<number> =>
    takeSpareNumbers(tx, start.serial, count) ?? (await numbers(tx, start, count, takeNumbersAhead));
  const insert = async (tx: Tx, number: number, start: ExchangeStart, end: ExchangeEnd | undefined) => {
    const row = exchangeRow(capture, number, start, end);
    await insertExchange(tx, row);
    return row;
  };
  return {
    ...reader,
    async begin(tx, start, end) {
      const number = await take(tx, start, 1);
      const { bytes } = await insert(tx, number, start, end);
      // One that is not whole yet is counted when it is.
      if (end !== undefined) await bound.add(tx, start.serial, { exchanges: 1, bytes });
      batcher.touch(start.sandbox);
      return number;
    },
    async beginAll(tx, exchanges) {
      const [one] = exchanges;
      if (one === undefined) throw new Error('There is no exchange to begin');
      const first = await numbers(tx, one.start, exchanges.length);
      const rows = exchanges.map(({ start, end }, index) => exchangeRow(capture, first + index, start, end));
      await insertExchanges(tx, rows);
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
      await bound.add(tx, one.start.serial, { exchanges: rows.length, bytes });
      batcher.touch(one.start.sandbox);
      return first;
    },
    reserve: (tx, start) => take(tx, start, 2),
    async beginReserved(tx, number, start, end) {
      const known = end === undefined || batcher.waits(start.serial) ? undefined : end();
      const { bytes } = await insert(tx, number, start, known);
      batcher.touch(start.sandbox);
      return known === undefined ? undefined : bytes;
    },
    wrote: ({ sandbox, serial }, bytes) => batcher.count(sandbox, serial, bytes),
    finish: (start, end) => batcher.push({ start, end, begun: true }),
    record: (start, end) => batcher.push({ start, end, begun: false }),
    watch(sandboxId, call) {
      const calls = watchers.get(sandboxId) ?? new Set();
      watchers.set(sandboxId, calls.add(call));
      return () => {
        calls.delete(call);
        if (calls.size === 0 && watchers.get(sandboxId) === calls) watchers.delete(sandboxId);
      };
    },
    flush: () => batcher.flush().then(bound.settled),
    close() {
      deafen?.();
      closing ??= batcher.close().then(bound.close);
      return closing;
    },
  };
};
