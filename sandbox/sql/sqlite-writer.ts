import type { DatabaseSync } from 'node:sqlite';
import type { Bodies, Execute } from './body.ts';
import type { Shared, Tx } from './port.ts';
import { createBegin } from './sqlite-begin.ts';
import type { Hold } from './sqlite-hold.ts';
import { resultCode, type Statements, sqliteError } from './sqlite-statements.ts';
import { createTogether } from './sqlite-together.ts';

interface Job {
  readonly attempt: (execute: Execute, shared: Shared | undefined) => Promise<Outcome>;
  readonly fail: (error: unknown) => void;
}
/** What to tell the caller once the batch is decided; `kept` where its effects are to be committed. */
interface Outcome {
  readonly kept: boolean;
  readonly answer: () => void;
}

export interface Writer {
  transaction<T>(body: (tx: Tx) => Promise<T>): Promise<T>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** Who is told of each transaction: before it begins, and after its commit, before anybody is answered. */
export interface Told {
  begins?(): void;
  /** `written`: what statements of it wrote to, as `Statements.writes` says it; also those that were rolled back. */
  committed?(written: ReadonlySet<string>): void;
}

const BATCH_MAX = 256;
/** A batch that took this long commits what it has, so that the event loop gets its turn. */
const BATCH_MS = 8;
/** So many batches are written with care after one in which a body failed. */
const CAREFUL_BATCHES = 32;
/** How often a lock held by another process is tried again, without blocking this one in between. */
const LOCK_POLL_MS = 20;

const BUSY = 5;
const isBusy = (error: unknown): boolean => resultCode(error) === BUSY;

/**
 * The one writer. Bodies that wait together (every request that one turn of the event loop brought) run first come, first
 * served in one BEGIN IMMEDIATE, and are answered after the one COMMIT. A single caller waits for the end of the current
 * turn only, never for a timer.
 *
 * What a body that fails has written must go, and what its neighbours have written must stay. With a savepoint for each,
 * SQLite copies every page that each of them changes, which costs a quarter of a write. Bodies seldom fail after they have
 * written, so they share the transaction; when one does, all of it is rolled back and they run again, this time each in
 * its own savepoint, as do those of the next batches.
 */
export const createWriter = (
  db: DatabaseSync,
  statements: Statements,
  bodies: Bodies,
  lockWait: number,
  told: Told = {},
  hold?: Hold,
): Writer => {
  let waiting: Job[] = [];
  let running = false;
  let careful = 0;
  let wrote = false;
  const written = new Set<string>();
  const together = createTogether();
  const idlers: (() => void)[] = [];
  // With savepoints a body may be undone whose neighbours stay.
  const shared = { alone: { lasting: together.lasting }, shared: { together: together.of, lasting: together.lasting } };

  const control = new Map(
    ['begin immediate', 'commit', 'rollback', 'savepoint body', 'rollback to body', 'release body'].map((sql) => [
      sql,
      db.prepare(sql),
    ]),
  );
  const run = (sql: string): void => {
    control.get(sql)?.run();
  };
  const undo = (sql: 'rollback' | 'rollback to body'): void => {
    together.forget();
    run(sql);
  };
  const dataVersion = db.prepare('pragma data_version');
  dataVersion.setReturnArrays(true);
  let others: unknown;
  /** Another process may have written since; the number changes with each commit but this connection's own. */
  const lookForOthers = (): void => {
    if (!together.lasts()) return;
    const before = others;
    others = dataVersion.get()?.[0];
    if (others !== before) together.forget();
  };
  const beginNow = hold === undefined ? () => run('begin immediate') : createBegin(db);
  const perform = <R extends object>(sql: string, params: Parameters<Execute>[1]): R[] => {
    // A statement that failed may have written nothing, but that is not to be known from here.
    let rows: R[] | undefined;
    try {
      rows = statements.all<R>(sql, params);
      return rows;
    } finally {
      const what = statements.writes(sql);
      if (what !== undefined) {
        written.add(what);
        together.wrote(what);
      }
      if (rows === undefined || what !== undefined) wrote = true;
    }
  };

  const execute: Execute =
    hold === undefined
      ? perform
      : <R extends object>(sql: string, params: Parameters<Execute>[1]) => hold.run(sql, () => perform<R>(sql, params));

  const begin = async (): Promise<boolean> => {
    const deadline = performance.now() + lockWait;
    for (;;) {
      try {
        told.begins?.();
        beginNow();
        lookForOthers();
        return true;
      } catch (error) {
        if (isBusy(error) && performance.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
          continue;
        }
        const failure = sqliteError(error);
        for (const job of waiting.splice(0)) job.fail(failure);
        return false;
      }
    }
  };

  /**
   * Runs one body. `over` when the transaction is no more: SQLite gave it up (full disk, I/O error) and not just this body,
   * who has been told. `again` when it has to be given up, because the body failed after it wrote what cannot be told apart.
   */
  const runJob = async (job: Job, how: 'alone' | 'savepoint' | 'shared', outcomes: Outcome[]) => {
    if (how === 'savepoint') run('savepoint body');
    wrote = false;
    hold?.nextBody();
    const outcome = await job.attempt(execute, how === 'savepoint' ? undefined : shared[how]);
    if (!db.isTransaction) {
      together.forget();
      if (outcome.kept) job.fail(sqliteError(new Error('the transaction was rolled back')));
      else outcome.answer();
      return 'over';
    }
    if (!outcome.kept && wrote) {
      if (how === 'shared') return 'again';
      undo(how === 'savepoint' ? 'rollback to body' : 'rollback');
    }
    if (how === 'savepoint') run('release body');
    outcomes.push(outcome);
    return 'done';
  };

  /** Runs what waits, up to a batch, and commits it; `taken` is told each job before it runs. */
  const runBatch = async (taken: Job[]): Promise<void> => {
    const deadline = performance.now() + BATCH_MS;
    const how = waiting.length === 1 ? 'alone' : careful > 0 ? 'savepoint' : 'shared';
    if (careful > 0) careful -= 1;
    if (how === 'savepoint') together.forget();
    const outcomes: Outcome[] = [];
    while (taken.length < (how === 'alone' ? 1 : BATCH_MAX) && performance.now() < deadline) {
      const job = waiting.shift();
      if (job === undefined) break;
      taken.push(job);
      const end = await runJob(job, how, outcomes);
      if (end === 'done') continue;
      // The bodies before it lost their effects through no fault of their own: they run again, which a body allows.
      waiting = [...taken.splice(0, end === 'over' ? taken.length - 1 : taken.length), ...waiting];
      taken.splice(0);
      if (end === 'over') return;
      careful = CAREFUL_BATCHES;
      undo('rollback');
      return;
    }
    if (db.isTransaction) {
      run('commit');
      told.committed?.(written);
      written.clear();
    }
    for (const outcome of outcomes) outcome.answer();
  };

  const turn = async (): Promise<void> => {
    const taken: Job[] = [];
    try {
      if (await begin()) await runBatch(taken);
    } catch (error) {
      // The commit failed, or the transaction did not obey: nothing of it is kept, and nobody is left waiting.
      together.forget();
      if (db.isTransaction) run('rollback');
      const failure = sqliteError(error);
      for (const job of taken) job.fail(failure);
    }
    together.ended();
    hold?.release();
    if (waiting.length > 0) {
      schedule();
      return;
    }
    running = false;
    for (const wake of idlers.splice(0)) wake();
  };
  const schedule = (): void => {
    setImmediate(() => void turn());
  };

  return {
    transaction<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const attempt: Job['attempt'] = (using, offered) =>
          bodies.run(body, using, offered).then(
            (value) => ({ kept: true, answer: () => resolve(value) }),
            (error: unknown) => ({ kept: false, answer: () => reject(error) }),
          );
        waiting.push({ attempt, fail: reject });
        if (running) return;
        running = true;
        schedule();
      });
    },
    idle: () => (running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
  };
};
