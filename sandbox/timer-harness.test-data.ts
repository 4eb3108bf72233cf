import { createJournal, type Journal } from './journal.ts';
import { openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql, Tx } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';
import { createTimerEngine, type Firing, scheduleTimer, type TimerEngine, type TimerOptions } from './timers.ts';

export const START = Date.UTC(2026, 10, 22, 9);
export const HOUR = 3_600_000;
export const BOX = { id: 'box', serial: 7 };

/** For tests: a store with one sandbox, whose real time is a variable. */
export interface TimerHarness {
  readonly sql: Sql;
  readonly journal: Journal;
  real: number;
  engine(fire: TimerOptions['fire'], more?: Partial<TimerOptions>): TimerEngine;
  schedule(name: string, due: number, data?: unknown): Promise<void>;
  /** A fire that takes the timer, runs `then` in the same transaction, and notes what fired at which hour. */
  noting(fired: string[], then?: (firing: Firing, tx: Tx) => Promise<void>): TimerOptions['fire'];
  close(): Promise<void>;
}

export const openTimers = async (): Promise<TimerHarness> => {
  const engines: TimerEngine[] = [];
  const sql = await openWithSandbox(await testStore(), BOX.id, BOX.serial, START);
  const clock = { real: START };
  const real = (): number => clock.real;
  const journal = createJournal({ sql, real });
  return Object.assign(clock, {
    sql,
    journal,
    engine(fire, more = {}) {
      const made = createTimerEngine({ sql, journal, real, fire, ...more });
      engines.push(made);
      return made;
    },
    schedule: (name, due, data = null) =>
      sql.transaction((tx) =>
        scheduleTimer(tx, { sandbox: BOX.id, serial: BOX.serial, participant: 'sender', timer: { name, due, data } }),
      ),
    noting: (fired, then) => async (firing) => {
      await sql.transaction(async (tx) => {
        await firing.claim(tx);
        await then?.(firing, tx);
      });
      fired.push(`${firing.timer.name}@${(firing.now - START) / HOUR}`);
      return undefined;
    },
    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
      await journal.close();
      await sql.close();
    },
  } satisfies Omit<TimerHarness, 'real'>);
};
