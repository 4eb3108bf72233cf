import { AsyncLocalStorage } from 'node:async_hooks';
import { SqlError } from './error.ts';
import type { Shared, SqlValue, Tx } from './port.ts';

/** Runs statements of one open transaction; a driver's own. One that answers at once returns the rows, or throws. */
export type Execute = <R extends object>(sql: string, params: readonly SqlValue[]) => R[] | Promise<R[]>;

interface Scope {
  open: boolean;
  failed: Error | undefined;
  /** Its own queries that are not answered yet. */
  queries: number;
  /** For how many turns it has stood still. */
  still: number;
  readonly giveUp: (error: Error) => void;
}

export interface Bodies {
  /** Runs a body once; rejects when it throws, when one of its queries failed, or when it waits for something else. */
  run<T>(body: (tx: Tx) => Promise<T>, execute: Execute, shared?: Shared): Promise<T>;
  /** Throws where the caller stands inside a body of this store. */
  refuseInside(what: string): void;
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

  // Open, and with no query open. Most bodies end within the turn in which they began, so one look a turn, at those that
  // have not, costs nothing; and while a query is open nothing is looked at, or it would be a busy loop for as long as a
  // server thinks.
  const standing = new Set<Scope>();
  const watch: { next: NodeJS.Immediate | undefined } = { next: undefined };
  const look = (): void => {
    for (const scope of standing) {
      scope.still += 1;
      if (scope.still >= TURNS)
        scope.giveUp(
          new SqlError('misuse', 'The body of a transaction waits for something other than its own queries'),
        );
    }
    watch.next = standing.size > 0 ? setImmediate(look) : undefined;
  };
  const watchOver = (scope: Scope): void => {
    // Where the next look is due already, the turn that has begun does not count.
    scope.still = watch.next === undefined ? 0 : -1;
    standing.add(scope);
    watch.next ??= setImmediate(look);
  };

  /** Most of the time nobody stands when the turn ends: then the loop need not come round for it. */
  const rest = (): void => {
    if (standing.size > 0 || watch.next === undefined) return;
    clearImmediate(watch.next);
    watch.next = undefined;
  };

  const openTx = (scope: Scope, execute: Execute, shared: Shared | undefined): Tx => {
    const query: Tx['query'] = <R extends object>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> => {
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
      scope.queries += 1;
      standing.delete(scope);
      const answered = (): void => {
        scope.queries -= 1;
        if (scope.queries === 0 && scope.open) watchOver(scope);
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
    };
    return shared === undefined ? { query } : { query, ...shared };
  };

  const begun = <T>(scope: Scope, body: (tx: Tx) => Promise<T>, tx: Tx): Promise<T> => {
    try {
      return scopes.run(scope, body, tx);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  return {
    refuseInside(what) {
      if (scopes.getStore()?.open === true) {
        throw new SqlError('misuse', `${what} inside a transaction: a body uses its own tx and nothing else`);
      }
    },
    run: (body, execute, shared) =>
      new Promise((resolve, reject) => {
        const end = (): boolean => {
          if (!scope.open) return false;
          scope.open = false;
          standing.delete(scope);
          rest();
          return true;
        };
        const giveUp = (error: Error): void => {
          if (end()) reject(error);
        };
        const scope: Scope = { open: true, failed: undefined, queries: 0, still: 0, giveUp };
        watchOver(scope);
        begun(scope, body, openTx(scope, execute, shared)).then((value) => {
          if (!end()) return;
          if (scope.failed === undefined) resolve(value);
          else reject(scope.failed);
        }, giveUp);
      }),
  };
};
