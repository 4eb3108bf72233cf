import { type ClockRow, realWhen, TIME_MAX } from './clock.ts';
import type { SandboxKey } from './journal.ts';
import type { Timer } from './pattern.ts';
import { NOT_FOUND, problem } from './problem.ts';
import type { Reader, Tx } from './sql/port.ts';

/** A sandbox's row, as far as its time goes. */
export interface TimeRow extends ClockRow {
  readonly id: string;
  readonly serial: number;
  /** Sandbox time up to which an advance, perhaps one before a crash, still has to go. */
  readonly clock_target: number | null;
}

export interface TimerRow {
  readonly due: number;
  readonly seq: number;
  readonly participant: string;
  readonly name: string;
  readonly data: string;
}

const TIME_COLUMNS = 'id, serial, clock_base, clock_anchor_real, clock_speed, clock_target';

export const sandboxGone = () => problem(NOT_FOUND, 'The sandbox was deleted, reset or has expired');

export const readTime = async (reader: Reader, id: string): Promise<TimeRow> => {
  const [row] = await reader.query<TimeRow>(`select ${TIME_COLUMNS} from sandbox where id = $1`, [id]);
  if (row === undefined) throw sandboxGone();
  return row;
};

/** The timer that is due first. */
export const leastTimer = async (reader: Reader, serial: number): Promise<TimerRow | undefined> => {
  const [row] = await reader.query<TimerRow>(
    'select due, seq, participant, name, data from timer where serial = $1 order by due, seq limit 1',
    [serial],
  );
  return row;
};

/** Counting is bounded, as every statement is (rules 1). */
const COUNT_MAX = 100_000;
export const countTimers = async (reader: Reader, serial: number): Promise<number> => {
  const [row] = await reader.query<{ n: number }>(
    `select count(*) as n from (select seq from timer where serial = $1 limit ${COUNT_MAX}) as bounded`,
    [serial],
  );
  return row?.n ?? 0;
};

/**
 * Puts a timer of a participant into the transaction that wants it, and the sandbox into the order of those that are due
 * in real time. A time that is not whole is rounded up.
 */
export const scheduleTimer = async (
  tx: Tx,
  options: { sandbox: string; serial: number; participant: string; timer: Timer },
): Promise<void> => {
  const { sandbox, serial, participant, timer } = options;
  if (!Number.isFinite(timer.due)) throw new Error(`The timer ${timer.name} is due at ${timer.due}, which is no time`);
  const due = Math.min(TIME_MAX, Math.ceil(timer.due));
  const [row] = await tx.query<ClockRow & { seq: number; next_due_real: number | null }>(
    `update sandbox set seq = seq + 1 where id = $1 and serial = $2
     returning seq, next_due_real, clock_base, clock_anchor_real, clock_speed`,
    [sandbox, serial],
  );
  if (row === undefined) throw sandboxGone();
  await tx.query('insert into timer (serial, due, seq, participant, name, data) values ($1, $2, $3, $4, $5, $6)', [
    serial,
    due,
    row.seq,
    participant,
    timer.name,
    JSON.stringify(timer.data ?? null),
  ]);
  const when = realWhen(row, due);
  if (when === undefined || (row.next_due_real !== null && row.next_due_real <= when)) return;
  await tx.query('update sandbox set next_due_real = $1 where id = $2', [when, sandbox]);
};

/** Sets the clock to a time, from now on at a speed, and says when the next timer will be due in real time. */
export const setClock = async (
  tx: Tx,
  row: TimeRow,
  set: { now: number; real: number; speed: number; target: number | null; notBefore?: number },
): Promise<void> => {
  const least = await leastTimer(tx, row.serial);
  const clock = { clock_base: set.now, clock_anchor_real: set.real, clock_speed: set.speed };
  const when = least === undefined ? undefined : realWhen(clock, least.due);
  // While a target is stored the sandbox counts as due, so that whoever looks next goes on with it.
  const next = set.target === null ? when : set.real;
  const throttled = next === undefined ? null : Math.max(next, set.notBefore ?? next);
  await tx.query(
    `update sandbox set clock_base = $1, clock_anchor_real = $2, clock_speed = $3, clock_target = $4, next_due_real = $5
     where id = $6 and serial = $7`,
    [set.now, set.real, set.speed, set.target, throttled, row.id, row.serial],
  );
};

/** The guard: true for the one transaction that takes the timer away. */
export const takeTimer = async (tx: Tx, sandbox: SandboxKey, timer: TimerRow): Promise<boolean> => {
  const rows = await tx.query('delete from timer where serial = $1 and due = $2 and seq = $3 returning seq', [
    sandbox.serial,
    timer.due,
    timer.seq,
  ]);
  return rows.length === 1;
};
