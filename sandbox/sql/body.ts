import { AsyncLocalStorage } from 'node:async_hooks';
import { SqlError } from './error.ts';
import type { SqlValue, Tx } from './port.ts';

/** Runs statements of one open transaction; a driver's own. One that answers at once returns the rows, or throws. */
export type Execute = <R extends object>(sql: string, params: readonly SqlValue[]) => R[] | Promise<R[]>;

interface Scope {
  open: boolean;
  failed: Error | undefined;
}

export interface Bodies {
  /** Runs a body once; rejects when it throws, when one of its queries failed, or when it waits for something else. */
  run<T>(body: (tx: Tx) => Promise<T>, execute: Execute): Promise<T>;
  /** Throws where the caller stands inside a body of this store. */
  refuseInside(what: string): void;
}

interface Busy {
  queries: number;
  /** Called when the last of the open queries was answered. */
  standing: () => void;
}

/** How many turns of the event loop a body may stand still with none of its own queries open (rules 1). */
const TURNS = 2;

const ignore = (): void => undefined;

/**
 * What a transaction body may do is the same for every driver: only its own queries are awaited (anything else would hold
 * the one writer, or a lock), nothing is nested, and after a failed statement the transaction can only end, as it does on
 * PostgreSQL: a body that catches the error and carries on would commit half of what it meant.
 */
export const createBodies = (): Bodies => {
  const scopes = new AsyncLocalStorage<Scope>();

  const openTx = (scope: Scope, execute: Execute, busy: Busy): Tx => ({
    query<R extends object>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> {
      if (!scope.open) return Promise.reject(new SqlError('misuse', 'The transaction is over', { sql }));
      if (scope.failed !== undefined) {
        const options = { sql, cause: scope.failed };
        return Promise.reject(new SqlError('misuse', 'The transaction failed before and can only end', options));
      }
      let answer: R[] | Promise<R[]>;
      try {
        answer = execute<R>(sql, params);
      } catch (error) {
        answer = Promise.reject<R[]>(error);
      }
      // Nothing is open that could be waited for, and nothing can fail any more.
      if (Array.isArray(answer)) return Promise.resolve(answer);
      busy.queries += 1;
      const answered = (): void => {
        busy.queries -= 1;
        if (busy.queries === 0) busy.standing();
      };
      const rows = answer.then(
        (found) => {
          answered();
          return found;
        },
        (error: Error) => {
          answered();
          scope.failed ??= error;
          throw error;
        },
      );
      // A query that the body does not await must not bring the process down: `failed` already ends the transaction.
      rows.catch(ignore);
      return rows;
    },
  });

  return {
    refuseInside(what) {
      if (scopes.getStore()?.open === true) {
        throw new SqlError('misuse', `${what} inside a transaction: a body uses its own tx and nothing else`);
      }
    },
    async run(body, execute) {
      const scope: Scope = { open: true, failed: undefined };
      const busy: Busy = { queries: 0, standing: ignore };
      const tx = openTx(scope, execute, busy);
      let watch: NodeJS.Immediate | undefined;
      const overdue = new Promise<never>((_, reject) => {
        let still = 0;
        const turn = (): void => {
          // While a query is open nothing is watched: turn after turn would be a busy loop for as long as a server thinks.
          if (busy.queries > 0) return;
          still += 1;
          if (still < TURNS) watch = setImmediate(turn);
          else
            reject(new SqlError('misuse', 'The body of a transaction waits for something other than its own queries'));
        };
        busy.standing = () => {
          still = 0;
          clearImmediate(watch);
          if (scope.open) watch = setImmediate(turn);
        };
        watch = setImmediate(turn);
      });
      try {
        const value = await Promise.race([scopes.run(scope, async () => body(tx)), overdue]);
        if (scope.failed !== undefined) throw scope.failed;
        return value;
      } finally {
        scope.open = false;
        clearImmediate(watch);
      }
    },
  };
};
