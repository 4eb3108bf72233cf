import type { Reader, Tx } from '../../sql/port.ts';

/**
 * A store whose index can be searched: a search first writes what the index lacks, so it needs more than a reader. Any
 * context of a pattern is one.
 */
export interface IndexedStore {
  readonly store: number;
  readonly sql: Reader;
  transaction<T>(body: (tx: Tx) => Promise<T>): Promise<T>;
}

/** The store as a transaction sees it: what it wrote itself is found. */
export const within = (tx: Tx, store: number): IndexedStore => ({ store, sql: tx, transaction: (body) => body(tx) });
