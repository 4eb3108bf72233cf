import { createHash } from 'node:crypto';
import type { MessageFault } from '../dialect.ts';
import { parseDuration } from '../duration.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Host } from '../http/host.ts';
import type { Tx } from '../sql/port.ts';
import { scheduleTimer } from '../timer-rows.ts';
import { messageExchange } from './exchange.ts';
import { insertMessages } from './insert-messages.ts';
import type { Lesson } from './lesson.ts';
import type { MessageStrike } from './message-fate.ts';
import { DUE_TIMER } from './message-timers.ts';
import { leaveOrdering, type MessageRow, type Outcome, promoteNext, settleAttempt } from './rows.ts';

/** Sandbox time by which a message is delayed, and that others have to overtake one. */
const DELAY = 60_000;
const OVERTAKE = 1_000;

const WORDS: Readonly<Record<MessageFault, string>> = {
  drop: 'lost on the way',
  delay: 'delayed on the way',
  late: 'it comes when nobody waits for it any more',
  uncorrelated: 'what it answers was exchanged for something that nobody asked',
  reorder: 'overtaken by those after it',
  duplicate: 'sent twice',
  nack: 'refused by the broker',
};

/** Sandbox time after which a message is not waited for any more, and a little. */
const tooLate = ({ expires }: MessageRow, now: number, lesson: Lesson | undefined): number => {
  const waited = expires === null ? parseDuration(lesson?.expected ?? 'PT0S') : expires - now;
  return Math.max(0, waited) + DELAY;
};

/** A version 8 UUID (RFC 9562 5.8) that the same message always gives, and nothing else has. */
const someOther = ({ id }: MessageRow): string => {
  const hex = createHash('sha256').update(id).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** The same message, but that it answers something else. */
export const uncorrelated = (row: MessageRow, lesson: Lesson | undefined): MessageRow => ({
  ...row,
  body: lesson?.uncorrelated?.(row.body, someOther(row)) ?? row.body,
});

/** Another message, but for its number and id the same. */
const copy = async (tx: Tx, host: Host, row: MessageRow, seq: number): Promise<void> => {
  const twin = { ...row, seq, id: exchangeId(host.now()), attempt: 2, spent: 1, ordering: null };
  await insertMessages(tx, [{ ...twin, state: 'ready', due: null }]);
};

/**
 * Lets a fault strike in place of the handler, or, for a duplicate, before it. Whether the message is to be handled all the
 * same. One that is delayed is not an attempt.
 */
export const strike = async (
  host: Host,
  row: MessageRow,
  fault: MessageStrike,
  { now, lesson }: { readonly now: number; readonly lesson: Lesson | undefined },
): Promise<boolean> => {
  const start = messageExchange(row, { now, real: host.now() }, 'RECEIVE');
  const end = { milliseconds: 0, fault: fault.shown, note: WORDS[fault.as] };
  if (fault.as === 'duplicate') {
    await host.sql.transaction(async (tx) => {
      const seq = await host.journal.begin(tx, { ...start, summary: `SEND ${row.queue}` }, end);
      await copy(tx, host, row, seq);
    }, row.serial);
    host.messages.wake();
    return true;
  }
  const wait =
    fault.as === 'reorder' ? OVERTAKE : (fault.ms ?? (fault.as === 'late' ? tooLate(row, now, lesson) : DELAY));
  const due = now + wait;
  const lost = fault.as === 'drop';
  const overtaken = fault.as === 'reorder' || fault.as === 'late';
  const reason = `Lost on the way (${fault.because})`;
  const outcome: Outcome = lost
    ? { state: 'dead', now, reason }
    : { state: 'waiting', now, due, next: row.attempt + 1, spent: row.spent + 1 };
  await host.sql.transaction(async (tx) => {
    if (!(await settleAttempt(tx, row, outcome))) return;
    await host.journal.begin(tx, start, end);
    const timer = { name: DUE_TIMER, due, data: { id: row.id } };
    const about = { sandbox: row.sandbox, serial: row.serial, participant: row.receiver, timer };
    if (!lost) await scheduleTimer(tx, about);
    // Those behind it in its ordering overtake it only if it is in none any more.
    if (overtaken) await leaveOrdering(tx, row);
    if (lost || overtaken) await promoteNext(tx, row, now);
  }, row.serial);
  return false;
};
