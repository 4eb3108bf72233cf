import type { Execute } from './body.ts';
import { SqlError } from './error.ts';
import type { Connection } from './postgres-connection.ts';
import { isRace, isUnreachable, postgresError } from './postgres-errors.ts';

/** A body and who asked for it: `run` answers with how to tell them, to be called once it is committed. */
export interface Job {
  run(execute: Execute): Promise<() => void>;
  fail(error: unknown): void;
}

/**
 * What came of running bodies once, all in one transaction: they are committed; or they may be run again, nothing having been
 * written, because of a race or a lost connection; or one of them failed for a reason of its own, and nothing was written.
 */
export type Attempt =
  | { readonly kept: readonly (() => void)[] }
  | { readonly again: unknown }
  | { readonly failed: unknown };

const COMMIT_UNKNOWN =
  'The connection to the store was lost while it committed: the transaction may or may not have been kept';

const mayRunAgain = (error: unknown): boolean => isRace(error) || isUnreachable(error);

export type Isolation = 'serializable' | 'read committed';

/** Rejects where nobody can know what came of it. */
export const attempt = async (connection: Connection, jobs: readonly Job[], isolation: Isolation): Promise<Attempt> => {
  // The first that failed: what fails after it fails because of it, and what a body throws may be words of its own.
  let broken: unknown;
  const remember = (error: unknown): void => {
    broken ??= error;
  };
  const execute: Execute = <R extends object>(sql: string, params: Parameters<Execute>[1]) => {
    const { rows, silent } = connection.run<R>(sql, params);
    const answer = rows.catch((error: unknown) => {
      remember(error);
      throw broken;
    });
    if (!silent) return answer;
    // That it failed shows in the next answer that is waited for, COMMIT's at the latest: no journey is spent on it.
    answer.catch(remember);
    return [];
  };
  const over = (error: unknown): Attempt => (mayRunAgain(broken) ? { again: broken } : { failed: error });

  connection.control(`begin isolation level ${isolation}`).catch(remember);
  const kept: (() => void)[] = [];
  try {
    for (const job of jobs) kept.push(await job.run(execute));
  } catch (error) {
    // Where that fails, the connection is lost, and the server undoes by itself.
    await connection.control('rollback').catch(remember);
    return over(error);
  }
  if (isUnreachable(broken)) return { again: broken };
  try {
    if ((await connection.control('commit')) === 'COMMIT') return { kept };
  } catch (error) {
    if (isRace(error)) return { again: error };
    if (!isUnreachable(error)) return { failed: error };
    throw new SqlError('unknown', COMMIT_UNKNOWN, { cause: error });
  }
  // A statement that no body waited for has failed, and the server undid everything.
  return over(broken ?? postgresError(new Error('the transaction was rolled back')));
};
