import type { ClockRow } from '../clock.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeStart } from '../journal.ts';
import { redactText } from '../redact.ts';
import type { Tx } from '../sql/port.ts';
import { scheduleTimer } from '../timer-rows.ts';
import { messageExchange } from './exchange.ts';
import { DUE_TIMER } from './message-timers.ts';
import { backOff, type Retry } from './retry.ts';
import { type MessageRow, type Outcome, promoteNext, settleAttempt } from './rows.ts';

export interface Failure {
  readonly sandbox: ClockRow & { readonly seed: number };
  /** The exchange that shows the attempt. */
  readonly start: ExchangeStart;
  readonly retry: Retry | undefined;
  readonly reason: string;
  readonly milliseconds: number;
  /** The fault that made it fail, as the journal shows it. */
  readonly fault?: string;
  /** Sandbox clock. */
  readonly now: number;
}

/** Whether the generation that the message belongs to is still there: a sandbox may be reset while a handler runs. */
const isThere = async (tx: Tx, { sandbox, serial }: MessageRow): Promise<boolean> =>
  (await tx.query('select id from sandbox where id = $1 and serial = $2', [sandbox, serial])).length > 0;

/** Counts an attempt that failed: the next one is a timer on the sandbox clock, and after the last there is none. */
export const fail = async (host: Host, row: MessageRow, failure: Failure): Promise<void> => {
  const { sandbox, start, retry, milliseconds, now, fault } = failure;
  const reason = redactText(failure.reason, new Set());
  const wait = backOff(retry, row.attempt - row.spent, [sandbox.seed, row.queue, row.body, row.attempt]);
  const due = wait === undefined ? undefined : now + wait;
  const again = due === undefined ? 'no attempt is left: a dead letter' : `again at ${new Date(due).toISOString()}`;
  const outcome: Outcome =
    due === undefined ? { state: 'dead', now, reason } : { state: 'waiting', now, reason, due, next: row.attempt + 1 };
  await host.sql.transaction(async (tx) => {
    if (!(await isThere(tx, row)) || !(await settleAttempt(tx, row, outcome))) return;
    const end = { milliseconds, note: `failed: ${reason}; ${again}` };
    await host.journal.begin(tx, start, fault === undefined ? end : { ...end, fault });
    if (due === undefined) {
      await promoteNext(tx, row, now);
      return;
    }
    const timer = { name: DUE_TIMER, due, data: { id: row.id } };
    await scheduleTimer(tx, { sandbox: row.sandbox, serial: row.serial, participant: row.receiver, timer });
  }, row.serial);
};

/** Puts aside what is not handled at all: dead, or held for as long as its receiver's seat is somebody else's. */
export const letGo = async (
  host: Host,
  row: MessageRow,
  outcome: Outcome & { readonly state: 'dead' | 'held'; readonly reason: string },
): Promise<void> => {
  const start = messageExchange(row, { now: outcome.now, real: host.now() }, 'RECEIVE');
  await host.sql.transaction(async (tx) => {
    if (!(await isThere(tx, row)) || !(await settleAttempt(tx, row, outcome))) return;
    const note = `${outcome.state === 'dead' ? 'a dead letter' : 'held'}: ${outcome.reason}`;
    await host.journal.begin(tx, start, { milliseconds: 0, note });
    if (outcome.state === 'dead') await promoteNext(tx, row, outcome.now);
  }, row.serial);
};
