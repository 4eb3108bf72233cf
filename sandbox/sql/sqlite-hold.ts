import { SqlError } from './error.ts';
import type { Besides } from './sqlite-beside.ts';

/** What the writer's transactions have to do with the tables that the thread writes. */
export interface Hold {
  /** Runs a statement of the body that is running, once the thread keeps off those tables, if it is about them. */
  run<R>(sql: string, perform: () => R[]): R[] | Promise<R[]>;
  /** Another body begins: what the one before still waits for is not run any more. */
  nextBody(): void;
  /** The transaction is over, and the thread may go on. */
  release(): void;
}

/**
 * A transaction that touches the tables kept beside the others holds the thread from its first such statement to its end:
 * both would want the lock of that file, and one that has only read would find that it had been written meanwhile.
 */
export const createHold = (besides: Besides, isBeside: (sql: string) => boolean): Hold => {
  let body = 0;
  let held = false;
  let coming: Promise<void> | undefined;
  return {
    run(sql, perform) {
      if (held || !isBeside(sql)) return perform();
      coming ??= besides.hold();
      if (coming === undefined) {
        held = true;
        return perform();
      }
      const mine = body;
      return coming.then(() => {
        if (mine !== body) throw new SqlError('misuse', 'The transaction is over', { sql });
        held = true;
        return perform();
      });
    },
    nextBody() {
      body += 1;
    },
    release() {
      body += 1;
      if (!held && coming === undefined) return;
      held = false;
      coming = undefined;
      besides.release();
    },
  };
};
