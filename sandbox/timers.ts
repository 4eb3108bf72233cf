import { type ClockRow, sandboxNow, TIME_MAX } from './clock.ts';
import { DURATION_MAX } from './duration.ts';
import type { Journal, SandboxKey } from './journal.ts';
import { INVALID_PARAMETER, problem, UNAVAILABLE } from './problem.ts';
import type { Sql } from './sql/port.ts';
import { createLeases } from './timer-lease.ts';
import { countTimers, readTime, setClock } from './timer-rows.ts';
import { type Advanced, type Firing, runTimers } from './timer-run.ts';

export { scheduleTimer } from './timer-rows.ts';
export type { Advanced, ClockRow, Firing };

/** Moves the time of sandboxes (rules 4). */
export interface TimerEngine {
  /** Moves a sandbox's clock on by so many milliseconds, firing what falls due on the way. */
  advance(sandboxId: string, milliseconds: number): Promise<Advanced>;
  /** From now on its clock runs so many times as fast as the real one; 0 stops it. */
  setSpeed(sandboxId: string, speed: number): Promise<Advanced & { readonly speed: number }>;
  /** Fires what is due in any sandbox by now, and goes on with advances that were cut off; resolves when that is done. */
  poll(): Promise<void>;
  /** Polls from now on. */
  start(): void;
  /** Stops between two timers; what is left goes on after the next start. Idempotent. */
  close(): Promise<void>;
}

export interface TimerOptions {
  readonly sql: Sql;
  readonly journal: Journal;
  /** Runs the pattern's handler; answers with a remark for the journal, if there is one. */
  readonly fire: (firing: Firing) => Promise<string | undefined>;
  readonly real?: () => number;
  /** Resolves when the sandbox has no unfinished internal message; by default there are none. */
  readonly settled?: (sandbox: SandboxKey) => Promise<void>;
  readonly log?: { error(fields: object, message: string): void };
  readonly pollMs?: number;
}

const POLL_MS = 200;
/** Sandboxes looked at in one poll, and run at the same time. */
const POLL_LIMIT = 1_000;
const RUNNING_MAX = 64;
export const SPEED_MAX = 100_000;

const invalid = (detail: string, at: string) => problem(INVALID_PARAMETER, detail, { at });

export const createTimerEngine = (options: TimerOptions): TimerEngine => {
  const { sql, real = Date.now, settled = async () => undefined, log } = options;
  const leases = createLeases(sql, real);
  /** The last of what is queued for each sandbox: within a process its time is moved by one after another. */
  const queues = new Map<string, Promise<unknown>>();
  let poller: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const inTurn = <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(id) ?? Promise.resolve()).then(work, work);
    const done = turn
      .catch(() => undefined)
      .then(() => {
        if (queues.get(id) === done) queues.delete(id);
      });
    queues.set(id, done);
    return turn;
  };

  const run = (id: string): Promise<Advanced> =>
    runTimers(
      {
        ...options,
        real,
        settled,
        failed: (err, sandbox, timer) => log?.error({ err, sandbox, timer }, 'A timer’s handler failed'),
        stopping: () => closing !== undefined,
      },
      id,
    );
  const refuseClosed = (): void => {
    if (closing !== undefined) throw problem(UNAVAILABLE, 'The service is stopping; time goes on when it is back');
  };

  const poll = async (): Promise<void> => {
    const due = await sql.query<{ id: string }>(
      'select id from sandbox where next_due_real <= $1 order by next_due_real limit $2',
      [real(), POLL_LIMIT],
    );
    const runs: Promise<unknown>[] = [];
    for (const { id } of due) {
      if (closing !== undefined || queues.size >= RUNNING_MAX) break;
      if (queues.has(id)) continue;
      runs.push(inTurn(id, () => leases.holding(id, false, () => run(id))));
    }
    const failures = (await Promise.allSettled(runs)).filter((result) => result.status === 'rejected');
    for (const { reason } of failures) log?.error({ err: reason }, 'The timers of a sandbox could not be run');
  };
  const tick = (): void => {
    if (closing !== undefined) return;
    // Not awaited: a sandbox that waits for an outside system must not keep the others waiting.
    poll().catch((err: unknown) => log?.error({ err }, 'The timers could not be polled'));
    poller = setTimeout(tick, options.pollMs ?? POLL_MS);
  };

  return {
    async advance(id, milliseconds) {
      refuseClosed();
      if (!Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > DURATION_MAX)
        throw invalid('Time is advanced by 0 to 100 years', 'advance');
      const advanced = await inTurn(id, () =>
        leases.holding(id, true, async () => {
          refuseClosed();
          await sql.transaction(async (tx) => {
            const row = await readTime(tx, id);
            const time = real();
            const now = sandboxNow(row, time);
            // An advance that a crash cut off is made up for first.
            const target = Math.min(TIME_MAX, Math.max(now, row.clock_target ?? now) + Math.round(milliseconds));
            await setClock(tx, row, { now, real: time, speed: row.clock_speed, target });
          });
          const result = await run(id);
          refuseClosed();
          return result;
        }),
      );
      if (advanced === undefined) throw problem(UNAVAILABLE, 'Another node moves this sandbox’s time');
      return advanced;
    },
    async setSpeed(id, speed) {
      if (!Number.isFinite(speed) || speed < 0 || speed > SPEED_MAX)
        throw invalid(`The speed is a number from 0 to ${SPEED_MAX}`, 'speed');
      return inTurn(id, () =>
        sql.transaction(async (tx) => {
          const row = await readTime(tx, id);
          const time = real();
          const now = sandboxNow(row, time);
          await setClock(tx, row, { now, real: time, speed, target: row.clock_target });
          return { now, speed, fired: 0, pending: await countTimers(tx, row.serial) };
        }),
      );
    },
    poll,
    start() {
      if (poller === undefined) tick();
    },
    close() {
      closing ??= (async () => {
        clearTimeout(poller);
        await Promise.all(queues.values());
      })();
      return closing;
    },
  };
};
