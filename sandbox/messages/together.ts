import { SqlError } from '../sql/error.ts';
import type { Sql, Tx } from '../sql/port.ts';

interface Job {
  /** Answers with how to tell whoever asked, once it is committed. */
  readonly run: (tx: Tx) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

export type Together = Pick<Sql, 'transaction'>;

/** `among`: whether there are several bodies, which are run each by itself if this fails. */
export type Gather = <T>(tx: Tx, body: (tx: Tx) => Promise<T>, among: boolean) => Promise<T>;

/** Bodies of one transaction. */
const GROUP_MAX = 32;
/** So many bodies of a sandbox are run by themselves after one of them failed. */
const CAREFUL = 32;

/** Where nobody can know what came of it, or there is nothing to run on, running again would not help. */
const isOfTheStore = (error: unknown): boolean =>
  error instanceof SqlError && ['closed', 'unreachable', 'unknown'].includes(error.trouble);

/**
 * Runs the bodies of one sandbox that wait at the same time in one transaction, first come, first served; `gather` surrounds
 * them, to write once what they have in common. Nobody waits for others to come: a group is whoever is there when its turn
 * in the store has come. Where a body fails, nothing of its group is kept, and each is run by itself.
 */
export const createTogether = (sql: Sql, gather: Gather): Together => {
  const waiting = new Map<number, Job[]>();
  /** Transactions that were asked for and have not taken their jobs yet. */
  const asked = new Map<number, number>();
  const careful = new Map<number, number>();

  const run = (serial: number, take: () => readonly Job[]): Promise<void> => {
    let jobs: readonly Job[] | undefined;
    let failed = false;
    const body = async (tx: Tx): Promise<readonly (() => void)[]> => {
      jobs ??= take();
      failed = false;
      const answers: (() => void)[] = [];
      try {
        const all = async (): Promise<void> => {
          for (const job of jobs ?? []) answers.push(await job.run(tx));
        };
        await gather(tx, all, jobs.length > 1);
      } catch (error) {
        failed = true;
        throw error;
      }
      return answers;
    };
    return sql.transaction(body, serial).then(
      (answers) => {
        for (const answer of answers) answer();
      },
      async (error: unknown) => {
        jobs ??= take();
        if (!failed || jobs.length < 2 || isOfTheStore(error)) {
          for (const job of jobs) job.fail(error);
          return;
        }
        careful.set(serial, CAREFUL);
        for (const job of jobs) await run(serial, () => [job]);
      },
    );
  };

  const takeFrom = (serial: number) => (): readonly Job[] => {
    const queue = waiting.get(serial) ?? [];
    const group = queue.splice(0, GROUP_MAX);
    if (queue.length === 0) waiting.delete(serial);
    const left = (asked.get(serial) ?? 1) - 1;
    if (left === 0) asked.delete(serial);
    else asked.set(serial, left);
    return group;
  };

  const isCareful = (serial: number): boolean => {
    const left = careful.get(serial) ?? 0;
    if (left > 1) careful.set(serial, left - 1);
    else careful.delete(serial);
    return left > 0;
  };

  const enter = (serial: number, job: Job): void => {
    if (isCareful(serial)) {
      void run(serial, () => [job]);
      return;
    }
    const queue = waiting.get(serial) ?? [];
    waiting.set(serial, queue);
    queue.push(job);
    const groups = asked.get(serial) ?? 0;
    if (groups * GROUP_MAX >= queue.length) return;
    asked.set(serial, groups + 1);
    void run(serial, takeFrom(serial));
  };

  return {
    transaction: <T>(body: (tx: Tx) => Promise<T>, lanes: number | readonly number[] = []): Promise<T> => {
      if (typeof lanes !== 'number') return sql.transaction((tx) => gather(tx, body, false), lanes);
      return new Promise<T>((resolve, reject) => {
        enter(lanes, {
          run: async (tx) => {
            const value = await body(tx);
            return () => resolve(value);
          },
          fail: reject,
        });
      });
    },
  };
};
