import { randomUUID } from 'node:crypto';
import type { Progress, TellProgress } from '../../sandbox/conformance/course.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { createJobRows, type JobRows } from './job-rows.ts';

/** What is run against what. */
export interface JobAbout {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
}

export type Job = Partial<JobAbout> & {
  readonly id: string;
  /** How far it is, or was; absent before the first request. */
  readonly progress?: Progress;
} & (
    | { readonly state: 'running' | 'cancelled' }
    | { readonly state: 'finished'; readonly report: Report }
    | { readonly state: 'failed'; readonly error: string }
  );

export interface JobRun {
  readonly signal: AbortSignal;
  readonly progress: TellProgress;
}

export interface Jobs {
  /**
   * Starts a run in the background and returns at once; `undefined` while too many are running. One that has not ended
   * `within` so many milliseconds is ended.
   */
  start(about: JobAbout, within: number, run: (run: JobRun) => Promise<Report>): Promise<Job | undefined>;
  read(id: string): Promise<Job | undefined>;
  /** Ends a run that is under way, on whichever node; resolves with what has become of it. `undefined` where there is none. */
  cancel(id: string): Promise<Job | undefined>;
  /** Calls `wake` when there is something new of a job of this node; returns how to stop that. */
  watch(id: string, wake: () => void): () => void;
  /** Aborts what is running and waits until that is written down. */
  close(): Promise<void>;
}

const AT_ONCE = 4;
/** How often a run says in its row that it is alive and how far it is, and looks whether another node cancelled it. */
const TICK = 1_000;

interface Running {
  readonly controller: AbortController;
  readonly about: JobAbout;
  progress?: Progress;
  why: 'stopped' | 'cancelled';
  done: Promise<void>;
}

const failureOf = (error: unknown, running: Running, over: AbortSignal, within: number): string => {
  if (running.controller.signal.aborted) return 'the service was stopped while it ran';
  if (over.aborted) return `it took longer than ${Math.round(within / 1_000)} seconds`;
  return error instanceof Error ? error.message : String(error);
};

export const createJobs = (sql: Sql, now: () => number): Jobs => {
  const rows: JobRows = createJobRows(sql, now);
  const running = new Map<string, Running>();
  const watchers = new Map<string, Set<() => void>>();
  const ring = (id: string): void => {
    for (const wake of watchers.get(id) ?? []) wake();
  };

  const tick = async (id: string, one: Running): Promise<void> => {
    const cancelled = await rows.alive(id, one.progress);
    if (!cancelled || one.controller.signal.aborted) return;
    one.why = 'cancelled';
    one.controller.abort();
  };

  const background = async (
    id: string,
    one: Running,
    within: number,
    run: (run: JobRun) => Promise<Report>,
  ): Promise<void> => {
    const over = AbortSignal.timeout(within);
    const progress: TellProgress = (told) => {
      one.progress = told;
      ring(id);
    };
    // A tick that a busy store refuses is made up for by the next.
    const ticking = setInterval(() => void tick(id, one).catch(() => undefined), TICK);
    try {
      const report = await run({ signal: AbortSignal.any([one.controller.signal, over]), progress });
      await rows.finish(id, 'finished', { report, progress: one.progress });
    } catch (error) {
      const cancelled = one.controller.signal.aborted && one.why === 'cancelled';
      await rows.finish(id, cancelled ? 'cancelled' : 'failed', {
        error: cancelled ? 'it was cancelled' : failureOf(error, one, over, within),
        progress: one.progress,
      });
    } finally {
      clearInterval(ticking);
      running.delete(id);
      ring(id);
    }
  };

  const read = async (id: string): Promise<Job | undefined> => {
    const job = await rows.read(id);
    const progress = running.get(id)?.progress;
    return job?.state === 'running' && progress !== undefined ? { ...job, progress } : job;
  };

  return {
    start: async (about, within, run) => {
      if (running.size >= AT_ONCE) return undefined;
      const id = randomUUID();
      // The place is taken before anything is awaited, so that a burst of requests cannot overrun the limit.
      const written = rows.create(id, about);
      const one: Running = { controller: new AbortController(), about, why: 'stopped', done: Promise.resolve() };
      one.done = written.then(
        () => background(id, one, within, run),
        () => void running.delete(id),
      );
      running.set(id, one);
      await written;
      return { id, ...about, state: 'running' };
    },
    read,
    cancel: async (id) => {
      const one = running.get(id);
      if (one === undefined) await rows.askToCancel(id);
      else {
        one.why = 'cancelled';
        one.controller.abort();
        await one.done;
      }
      return read(id);
    },
    watch: (id, wake) => {
      const known = watchers.get(id) ?? new Set();
      watchers.set(id, known.add(wake));
      return () => {
        known.delete(wake);
        if (known.size === 0 && watchers.get(id) === known) watchers.delete(id);
      };
    },
    close: async () => {
      for (const { controller } of running.values()) controller.abort();
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
};
