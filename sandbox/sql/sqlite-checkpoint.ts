import { once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

export interface Checkpoints {
  /** To be called after each commit. */
  committed(): void;
  /** Waits for a checkpoint that runs. Idempotent. */
  close(): Promise<void>;
}

/** Commits between two checkpoints: a few thousand pages under load, and nothing at all in a store that is left alone. */
const COMMITS = 128;
/** A log of so many pages (56 MB) is carried over to its end, after which it is written from its beginning again. */
const PAGES_MAX = 14_000;

/** Plain JavaScript, because a file would be found neither by the packaged program nor by an exported one. */
const PROGRAM = `
  const { DatabaseSync } = require('node:sqlite');
  const { parentPort, workerData } = require('node:worker_threads');
  const db = new DatabaseSync(workerData);
  const checkpoint = db.prepare('pragma wal_checkpoint(passive)');
  parentPort.on('message', (message) => {
    if (message === 'checkpoint') return parentPort.postMessage(checkpoint.get().log);
    db.close();
    parentPort.close();
  });
`;

/**
 * Carries what was committed over from the write-ahead log to the database file, in a thread of its own: it ends in waiting
 * for the disk, twice, for which every request would wait too. Durability is not its business: a commit is in the log.
 * Nobody is blocked by it (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html, PASSIVE), but the log can begin anew only
 * when all of it is carried over while nobody adds to it, so a long one is finished by the writer itself: by then little is
 * left to do. `finishes` is called before that. The thread begins with the first checkpoint; where it fails, SQLite's own
 * automatic checkpoint is still there.
 */
export const createCheckpoints = (
  db: DatabaseSync,
  file: string,
  finishes: () => void = () => undefined,
): Checkpoints => {
  const finish = db.prepare('pragma wal_checkpoint(passive)');
  let worker: Worker | undefined;
  let commits = 0;
  let state: 'ready' | 'running' | 'over' = 'ready';
  let closing: Promise<void> | undefined;

  const start = (): Worker => {
    const limits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
    const started = new Worker(PROGRAM, { eval: true, workerData: file, execArgv: [], resourceLimits: limits });
    started.unref();
    started.on('message', (pages: number) => {
      if (state === 'running') state = 'ready';
      if (pages <= PAGES_MAX || closing !== undefined || db.isTransaction) return;
      finishes();
      finish.get();
    });
    started.on('error', () => {
      state = 'over';
    });
    return started;
  };
  const stop = async (): Promise<void> => {
    if (worker === undefined || state === 'over') return;
    const gone = once(worker, 'exit');
    worker.ref();
    worker.postMessage('close');
    state = 'over';
    await gone.catch(() => undefined);
  };

  return {
    committed() {
      commits += 1;
      if (commits < COMMITS || state !== 'ready' || closing !== undefined) return;
      commits = 0;
      state = 'running';
      worker ??= start();
      worker.postMessage('checkpoint');
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
};
