import type { Bodies, Execute } from './body.ts';
import { SqlError } from './error.ts';
import type { Tx } from './port.ts';
import type { Connection } from './postgres-connection.ts';
import { isRace, isUnreachable, postgresError } from './postgres-errors.ts';
import { createGate } from './postgres-gate.ts';
import type { Pool } from './postgres-pool.ts';

/** What came of running a body once: its value, committed; or why it may be run again, nothing having been written. */
type Attempt<T> = { readonly value: T } | { readonly again: unknown };

/** Races that a transaction may lose, and connections that may be lost under it. */
const RACES_MAX = 40;
const LOSSES_MAX = 3;
/** After so many lost races the others of this process wait until it has had its turn. */
const TOGETHER_MAX = 3;
const PAUSE_MAX_MS = 100;

const COMMIT_UNKNOWN =
  'The connection to the store was lost while it committed: the transaction may or may not have been kept';

export type Isolation = 'serializable' | 'read committed';

const attempt = async <T>(
  connection: Connection,
  bodies: Bodies,
  body: (tx: Tx) => Promise<T>,
  isolation: Isolation,
): Promise<Attempt<T>> => {
  // The first that failed: what the body throws afterwards may be words of its own.
  let broken: unknown;
  const remember = (error: unknown): void => {
    broken ??= error;
  };
  const execute: Execute = <R extends object>(sql: string, params: Parameters<Execute>[1]) => {
    const rows = connection.run<R>(sql, params);
    rows.catch(remember);
    return rows;
  };
  const mayRunAgain = (error: unknown): boolean => isRace(error) || isUnreachable(error);

  connection.control(`begin isolation level ${isolation}`).catch(remember);
  let value: T;
  try {
    value = await bodies.run(body, execute);
  } catch (error) {
    // Where that fails, the connection is lost, and the server undoes by itself.
    await connection.control('rollback').catch(remember);
    if (broken !== undefined && mayRunAgain(broken)) return { again: broken };
    throw error;
  }
  if (!connection.usable && isUnreachable(broken)) return { again: broken };
  try {
    if ((await connection.control('commit')) === 'COMMIT') return { value };
  } catch (error) {
    if (isRace(error)) return { again: error };
    if (!isUnreachable(error)) throw error;
    throw new SqlError('unknown', COMMIT_UNKNOWN, { cause: error });
  }
  // A statement that the body did not wait for has failed, and the server undid everything.
  if (broken !== undefined && mayRunAgain(broken)) return { again: broken };
  throw broken ?? postgresError(new Error('the transaction was rolled back'));
};

/** Half fixed, half drawn, so that those who met once do not meet again. */
const pauseAfter = (races: number): Promise<void> => {
  const longest = Math.min(PAUSE_MAX_MS, 2 ** races);
  return new Promise((resolve) => setTimeout(resolve, longest / 2 + (Math.random() * longest) / 2));
};

/**
 * SERIALIZABLE (rules 1): a transaction that would not have come out as in some order one after another is refused by the
 * server, and run again here. A body that lost its connection before COMMIT was sent has written nothing and is run again as
 * well; where COMMIT was under way nobody can know, and nothing but that is said.
 */
export const createTransactions = (pool: Pool, bodies: Bodies) => {
  const gate = createGate();
  return async <T>(body: (tx: Tx) => Promise<T>, isolation: Isolation = 'serializable'): Promise<T> => {
    let races = 0;
    let losses = 0;
    for (;;) {
      const outcome = await pool.use((connection) => {
        const work = () => attempt(connection, bodies, body, isolation);
        return races < TOGETHER_MAX ? gate.together(work) : gate.alone(work);
      });
      if ('value' in outcome) return outcome.value;
      if (isRace(outcome.again)) races += 1;
      else losses += 1;
      if (races === RACES_MAX || losses === LOSSES_MAX) throw outcome.again;
      await pauseAfter(races);
    }
  };
};
