import type { Bodies } from './body.ts';
import type { Tx } from './port.ts';
import { type Attempt, attempt, type Isolation, type Job } from './postgres-attempt.ts';
import { isRace } from './postgres-errors.ts';
import { createGate } from './postgres-gate.ts';
import { createLanes } from './postgres-lanes.ts';
import type { Pool } from './postgres-pool.ts';

type Body<T> = (tx: Tx) => Promise<T>;

/** Races that a transaction may lose. */
const RACES_MAX = 40;
/** After so many lost races the others of this process wait until it has had its turn. */
const TOGETHER_MAX = 3;
const PAUSE_MAX_MS = 100;

/** Half fixed, half drawn, so that those who met once do not meet again. */
const pauseAfter = (races: number): Promise<void> => {
  const longest = Math.min(PAUSE_MAX_MS, 2 ** races);
  return new Promise((resolve) => setTimeout(resolve, longest / 2 + (Math.random() * longest) / 2));
};

/**
 * SERIALIZABLE (rules 1): a transaction that would not have come out as in some order one after another is refused by the
 * server, and run again here. A body that lost its connection before COMMIT was sent has written nothing and is run again as
 * well, `lossesMax` times: all connections that it is given may turn out to be old ones. Where COMMIT was under way nobody
 * can know, and nothing but that is said.
 *
 * Bodies that say that they meet in a lane do not race: they run one after another, and those that have piled up in one
 * transaction. When one of those fails, nothing of it is kept, and each is run by itself.
 */
export const createTransactions = (pool: Pool, bodies: Bodies, lossesMax: number) => {
  const gate = createGate();

  const persist = async (jobs: readonly Job[], isolation: Isolation): Promise<Exclude<Attempt, { again: unknown }>> => {
    let races = 0;
    let losses = 0;
    for (;;) {
      const outcome = await pool.use((connection) => {
        const work = () => attempt(connection, jobs, isolation);
        return races < TOGETHER_MAX ? gate.together(work) : gate.alone(work);
      });
      if (!('again' in outcome)) return outcome;
      if (isRace(outcome.again)) races += 1;
      else losses += 1;
      if (races === RACES_MAX || losses === lossesMax) return { failed: outcome.again };
      await pauseAfter(races);
    }
  };
  const finish = async (jobs: readonly Job[], isolation: Isolation = 'serializable'): Promise<void> => {
    try {
      const outcome = await persist(jobs, isolation);
      if ('kept' in outcome) for (const answer of outcome.kept) answer();
      else if (jobs.length === 1) jobs[0]?.fail(outcome.failed);
      else for (const job of jobs) await finish([job]);
    } catch (error) {
      for (const job of jobs) job.fail(error);
    }
  };
  const enter = createLanes((jobs: readonly Job[]) => finish(jobs));
  const ask = <T>(body: Body<T>, start: (job: Job) => void): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      start({
        run: async (execute) => {
          const value = await bodies.run(body, execute);
          return () => resolve(value);
        },
        fail: reject,
      });
    });

  return {
    transaction: <T>(body: Body<T>, lanes: number | readonly number[] = []): Promise<T> =>
      ask(body, (job) => {
        const all = typeof lanes === 'number' ? [lanes] : lanes;
        if (all.length === 0) void finish([job]);
        else enter(job, all);
      }),
    claim: <T>(body: Body<T>): Promise<T> => ask(body, (job) => void finish([job], 'read committed')),
  };
};
