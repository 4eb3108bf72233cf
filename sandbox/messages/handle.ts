import type { BlobReference } from '../blobs.ts';
import type { BrokerMessage } from '../broker/port.ts';
import { sandboxNow } from '../clock.ts';
import { createCtx } from '../context.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeStart } from '../journal.ts';
import { findParticipant, type LoadedSandbox, type ParticipantRow } from '../participants.ts';
import type { Consumer, Message } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
import { Recording } from '../recording.ts';
import type { Tx } from '../sql/port.ts';
import { unwrap } from './envelope.ts';
import { messageExchange } from './exchange.ts';
import { fail, letGo } from './fail.ts';
import { handOut, type Outbox } from './hand-out.ts';
import { findMessageStrike, type MessageStrike, placeOf } from './message-fate.ts';
import { strike, uncorrelated } from './message-faults.ts';
import { redeem } from './redeem.ts';
import { Undeliverable } from './retry.ts';
import { type MessageRow, promoteNext, settleAttempt } from './rows.ts';

/** Thrown into the first transaction of a handler whose message was handled before. */
class HandledBefore extends Error {}

const messageOf = (row: MessageRow, claim: BlobReference | undefined): Message => ({
  id: row.id,
  consumer: row.queue.slice(row.queue.indexOf('.') + 1),
  from: row.sender,
  to: row.receiver,
  headers: JSON.parse(row.headers),
  body: row.body,
  sentAt: row.at,
  attempt: row.attempt - row.spent,
  ...(claim === undefined ? {} : { claim }),
  ...(row.ordering === null ? {} : { key: row.ordering }),
  ...(row.content_type === null ? {} : { contentType: row.content_type }),
  ...(row.expires === null ? {} : { expires: row.expires }),
});

/** What is for a person to read; of what was not foreseen, nothing but that. */
const reasonOf = (error: unknown): string =>
  error instanceof ProblemError || error instanceof Undeliverable
    ? error.message
    : 'Something went wrong in the handler';

const foreseen = (error: unknown): boolean => error instanceof ProblemError || error instanceof Undeliverable;

/** Runs the consumer; its first transaction takes the message out of the queue. */
const run = async (
  host: Host,
  consumer: Consumer,
  sent: MessageRow,
  sandbox: LoadedSandbox,
  participant: ParticipantRow,
  fault?: MessageStrike,
): Promise<void> => {
  const [redeemed, claim] = await redeem(host.sql, sent);
  const row = fault === undefined ? redeemed : uncorrelated(redeemed, consumer.lesson);
  const now = sandboxNow(sandbox.row, host.now());
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const start = messageExchange(row, { now, real: host.now() }, 'RECEIVE', row !== redeemed);
  const begin = async (tx: Tx, exchange: ExchangeStart): Promise<void> => {
    const struck = fault === undefined ? {} : { fault: fault.shown };
    await host.messages.gather(tx, host.journal, async (bag) => {
      if (bag.among && row.ordering === null) bag.takeOut(row, now);
      else if (!(await settleAttempt(tx, row, { state: 'done', now }))) throw new HandledBefore();
      bag.add(exchange, { milliseconds: elapsed(), ...struck });
    });
    await promoteNext(tx, row, now);
  };
  const recording = new Recording({ begin }, () => start);
  try {
    const pattern = await host.pattern(sandbox.row.pattern);
    const { dialect } = await pattern.dialect(sandbox.row.dialect);
    const cause = () => ['message', row.queue, row.body, row.attempt];
    await consumer.handle(
      messageOf(row, claim),
      createCtx(host, sandbox, participant, dialect, { recording, together: true, cause, place: placeOf(row) }),
    );
    if (!recording.begun)
      await recording.transaction(host.messages.together(host.sql, host.journal), async () => undefined);
  } catch (error) {
    if (error instanceof HandledBefore) return;
    if (!foreseen(error)) host.log.error({ err: error, queue: row.queue, sandbox: row.sandbox }, 'A consumer failed');
    const note = reasonOf(error);
    if (recording.begun) {
      const after = `failed after the message was taken out of the queue: ${note}`;
      host.journal.finish(start, { milliseconds: elapsed(), note: after });
      return;
    }
    const retry = error instanceof Undeliverable ? { attempts: 1 } : consumer.retry;
    const struck = fault === undefined ? {} : { fault: fault.shown };
    await fail(host, row, {
      sandbox: sandbox.row,
      start,
      retry,
      reason: note,
      milliseconds: elapsed(),
      now,
      ...struck,
    });
  }
};

/** Does what is to be done with it, unless a fault strikes in its place. */
const deliver = async (
  host: Host,
  consumer: Consumer,
  row: MessageRow,
  sandbox: LoadedSandbox,
  work: (fault?: MessageStrike) => Promise<void>,
): Promise<void> => {
  const { lesson } = consumer;
  const fault = await findMessageStrike(host, sandbox, row, lesson);
  if (fault === undefined || fault.as === 'uncorrelated') return work(fault);
  const now = sandboxNow(sandbox.row, host.now());
  if (fault.as === 'nack') {
    const start = messageExchange(row, { now, real: host.now() }, 'RECEIVE');
    const reason = `Refused by the broker (${fault.because})`;
    const failure = { sandbox: sandbox.row, start, retry: consumer.retry, reason, milliseconds: 0, now };
    return fail(host, row, { ...failure, fault: fault.shown });
  }
  if (await strike(host, row, fault, { now, lesson })) await work();
};

/** Its row is swept with the rest of its generation; until then it must not be taken for one that the broker lost. */
const drop = async ({ sql }: Host, row: MessageRow): Promise<void> => {
  const outcome = { state: 'dead', now: row.at, reason: 'The sandbox was reset or deleted' } as const;
  await sql.transaction((tx) => settleAttempt(tx, row, outcome));
};

/**
 * Handles one delivery. What belongs to a sandbox, or a generation of one, that is no more is dropped; what is for a
 * participant outside that has a queue goes there, and what is for any other that is not simulated is held; the rest is run.
 * Rejects where the store fails.
 */
export const handleDelivery = async (
  outbox: Outbox,
  load: (id: string) => Promise<LoadedSandbox | undefined>,
  delivered: BrokerMessage,
): Promise<void> => {
  const { host } = outbox;
  const row = unwrap(delivered);
  const consumer = row && host.messages.consumer(row.queue);
  if (row === undefined || consumer === undefined) return;
  const release = host.messages.takeInHand(row.serial);
  try {
    const sandbox = await load(row.sandbox);
    if (sandbox === undefined || sandbox.row.serial !== row.serial) return await drop(host, row);
    const now = sandboxNow(sandbox.row, host.now());
    const participant = findParticipant(sandbox, row.receiver);
    if (participant === undefined)
      await letGo(host, row, { state: 'dead', now, reason: `There is no participant ${row.receiver}` });
    else if (row.expires !== null && row.expires <= now)
      await letGo(host, row, { state: 'dead', now, reason: 'It expired before it was handled' });
    else if (participant.mode === 'external' && participant.queue === true && consumer.outside === true)
      await deliver(host, consumer, row, sandbox, () => handOut(outbox, row, sandbox, consumer));
    else if (participant.mode !== 'simulated')
      await letGo(host, row, { state: 'held', now, reason: `${row.receiver} is ${participant.mode}` });
    else await deliver(host, consumer, row, sandbox, (fault) => run(host, consumer, row, sandbox, participant, fault));
  } finally {
    release();
  }
};
