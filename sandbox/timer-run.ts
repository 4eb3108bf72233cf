import { sandboxNow } from './clock.ts';
import { exchangeId } from './exchange-id.ts';
import type { ExchangeStart, Journal, SandboxKey } from './journal.ts';
import type { Timer } from './pattern.ts';
import { CONFLICT, ProblemError, problem } from './problem.ts';
import type { Sql, Tx } from './sql/port.ts';
import { countTimers, leastTimer, readTime, setClock, type TimeRow, type TimerRow, takeTimer } from './timer-rows.ts';
import { within } from './within.ts';

/** A timer whose time has come. */
export interface Firing {
  readonly sandbox: SandboxKey;
  readonly participant: string;
  readonly timer: Timer;
  /** Sandbox clock; the sandbox's row shows it, too. */
  readonly now: number;
  /** As `claim` records it. */
  readonly exchange: ExchangeStart;
  /**
   * To be run first in the first transaction of what the timer sets off: takes the timer away (rejecting where that has
   * happened before) and records the exchange. Safe to run again when the transaction is.
   */
  claim(tx: Tx): Promise<void>;
}

export interface Advanced {
  /** Sandbox clock. */
  readonly now: number;
  readonly fired: number;
  readonly pending: number;
}

export interface RunOptions {
  readonly sql: Sql;
  readonly journal: Journal;
  readonly real: () => number;
  /** Answers with a remark for the journal, if there is one. */
  readonly fire: (firing: Firing) => Promise<string | undefined>;
  /** Resolves when the sandbox has no unfinished internal work left. */
  readonly settled: (sandbox: SandboxKey) => Promise<void>;
  /** Told what a handler threw that was not a Problem. */
  readonly failed: (error: unknown, sandbox: string, timer: string) => void;
  readonly stopping: () => boolean;
}

/** Timers that fire in one run without the clock having moved on, and in one run at all. */
const INSTANT_MAX = 1_000;
const RUN_MAX = 20_000;
/** How long a sandbox that hit a cap is left alone; real milliseconds. */
const THROTTLE_MS = 1_000;
/** How long internal work may take to settle before the next timer fires all the same; real milliseconds. */
const SETTLE_MS = 10_000;

const entry = (row: TimeRow, now: number, real: number, about: Partial<ExchangeStart>): ExchangeStart => ({
  id: exchangeId(real),
  sandbox: row.id,
  serial: row.serial,
  kind: 'timer',
  at: now,
  atReal: real,
  from: 'clock',
  to: 'clock',
  claimed: false,
  ...about,
});

/**
 * Fires what is due in one sandbox, in the order of (due, seq), each after what the one before set off has settled, until
 * the target of an advance (or, without one, now) is reached; then the clock shows the target. Whoever calls holds the
 * sandbox's lease. Everything that it has to know is in rows: stopped anywhere, it goes on from there when run again.
 */
export const runTimers = async (options: RunOptions, id: string): Promise<Advanced> => {
  const { sql, journal, real } = options;
  let fired = 0;
  let atOnce = 0;
  let last = Number.NEGATIVE_INFINITY;

  const fireOne = async (row: TimeRow, due: TimerRow, now: number): Promise<void> => {
    const sandbox = { id: row.id, serial: row.serial };
    const timer: Timer = { name: due.name, due: due.due, data: JSON.parse(due.data) };
    const { participant } = due;
    const about = { from: participant, to: participant, operation: due.name, summary: `timer ${due.name}` };
    const start = entry(row, now, real(), about);
    const claim = async (tx: Tx): Promise<void> => {
      if (!(await takeTimer(tx, sandbox, due))) throw problem(CONFLICT, `The timer ${due.name} has fired already`);
      await journal.begin(tx, start);
    };
    const began = performance.now();
    let note: string | undefined;
    try {
      note = await options.fire({ sandbox, participant, timer, now, exchange: start, claim });
    } catch (error) {
      note = `failed: ${error instanceof ProblemError ? error.message : 'something went wrong in the handler'}`;
      if (!(error instanceof ProblemError)) options.failed(error, row.id, due.name);
    }
    // A handler that wrote nothing, or failed, did not take the timer away. It is spent all the same: it would fail again.
    await sql.transaction(async (tx) => {
      if (await takeTimer(tx, sandbox, due)) await journal.begin(tx, start);
    });
    const milliseconds = performance.now() - began;
    journal.finish(start, note === undefined ? { milliseconds } : { milliseconds, note });
  };

  /** Ends the run, unless a timer came up to `limit` in between. */
  const end = (capped: boolean): Promise<Advanced | undefined> =>
    sql.transaction(async (tx) => {
      const row = await readTime(tx, id);
      const time = real();
      const now = sandboxNow(row, time);
      const target = Math.max(now, row.clock_target ?? now);
      const least = await leastTimer(tx, row.serial);
      if (!capped && least !== undefined && least.due <= target) return undefined;
      const set = { now: capped ? now : target, real: time, speed: row.clock_speed, target: null };
      await setClock(tx, row, capped ? { ...set, notBefore: time + THROTTLE_MS } : set);
      return { now: set.now, fired, pending: await countTimers(tx, row.serial) };
    });

  const cap = (row: TimeRow, now: number): Promise<Advanced | undefined> => {
    const note = `stopped after ${fired} timers, ${atOnce} of them without time moving on; what is left goes on later`;
    journal.record(entry(row, now, real(), { kind: 'control', summary: 'too many timers' }), { note, milliseconds: 0 });
    return end(true);
  };

  for (;;) {
    const before = await readTime(sql, id);
    await within(options.settled({ id, serial: before.serial }), SETTLE_MS);
    const row = await readTime(sql, id);
    if (options.stopping()) return { now: sandboxNow(row, real()), fired, pending: await countTimers(sql, row.serial) };
    const time = real();
    const shown = sandboxNow(row, time);
    const due = await leastTimer(sql, row.serial);
    if (due === undefined || due.due > Math.max(shown, row.clock_target ?? shown)) {
      const done = await end(false);
      if (done !== undefined) return done;
      continue;
    }
    if (fired >= RUN_MAX || atOnce >= INSTANT_MAX) {
      const done = await cap(row, shown);
      if (done !== undefined) return done;
    }
    const now = Math.max(shown, due.due);
    if (now > shown) {
      const set = { now, real: time, speed: row.clock_speed, target: row.clock_target };
      await sql.transaction((tx) => setClock(tx, row, set));
    }
    await fireOne(row, due, now);
    fired += 1;
    atOnce = due.due > last ? 0 : atOnce + 1;
    last = Math.max(last, due.due, now);
  }
};
