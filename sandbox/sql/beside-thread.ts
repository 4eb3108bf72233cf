import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlValue, Tx } from './port.ts';
import { createBegin } from './sqlite-begin.ts';
import { createStatements } from './sqlite-statements.ts';

/** The store, and what is kept beside it. */
export interface BesideFiles {
  readonly store: string;
  readonly beside: string;
}

export interface BesideData extends BesideFiles {
  /** Shared: not 0 while somebody waits for the end of what the thread is doing. */
  readonly awaited: Int32Array;
}

/** What a thread has done with a piece of work, or why it has not. */
export interface Answer {
  readonly value: number;
  readonly failure?: string;
}

/** Another process may have the store open: nobody waits in vain while this one does. */
const LOCK_WAIT_MS = 5000;

const NICENESS = 5;

/** Behind whoever answers requests: Linux schedules threads, and tells each who it is; elsewhere all stay equal. */
const giveWay = (): void => {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {
    // Then it is as it was.
  }
};
/**
 * To be called by the program of a thread (`Reader.beside`): does each piece of work that comes in a transaction of its own.
 * What it writes and how far it has come are written together, so it may be killed anywhere. Work that takes long asks now and
 * then whether it is awaited, and ends with what it has done.
 */
export const serveBeside = (work: (tx: Tx, input: number, isAwaited: () => boolean) => Promise<number>): void => {
  giveWay();
  const { store, beside, awaited }: BesideData = workerData;
  const isAwaited = (): boolean => Atomics.load(awaited, 0) !== 0;
  const db = new DatabaseSync(beside, { timeout: LOCK_WAIT_MS });
  db.prepare('attach database ? as store').run(store);
  db.exec('pragma cache_size = -64000; pragma temp_store = memory; pragma synchronous = normal');
  // A page of an index is written again and again: the later it is carried over to the file, the seldomer.
  db.exec('pragma wal_autocheckpoint = 8000; pragma main.journal_size_limit = 67108864');
  const statements = createStatements(db);
  const begin = createBegin(db);
  const tx: Tx = {
    query: async <R extends object>(sql: string, params: readonly SqlValue[] = []) => statements.all<R>(sql, params),
  };
  const answer = async (input: number): Promise<Answer> => {
    try {
      begin();
      const value = await work(tx, input, isAwaited);
      db.exec('commit');
      return { value };
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      return { value: 0, failure: error instanceof Error ? error.message : String(error) };
    }
  };
  parentPort?.on('message', (message: number | 'close') => {
    if (message !== 'close') return void answer(message).then((done) => parentPort?.postMessage(done));
    db.close();
    parentPort?.close();
  });
};
