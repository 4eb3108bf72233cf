import { putBlob } from '../blobs.ts';
import type { Dialect } from '../dialect.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Host } from '../http/host.ts';
import type { NewMessage, SandboxView } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import { messageExchange } from './exchange.ts';
import { decideFate } from './message-fate.ts';
import { queueOf } from './post-room.ts';
import type { Posted } from './postbag.ts';

/** Who puts a message into a queue, where and when (sandbox time). */
export interface Sending {
  readonly sandbox: Pick<SandboxView, 'id' | 'serial' | 'pattern' | 'seed'>;
  readonly dialect: Dialect;
  readonly from: string;
  /** How many faults are switched on. */
  readonly faults: number;
  /** Where it stands among those that the same message set off; undefined where none did, or it has no place itself. */
  readonly place?: string | undefined;
  readonly now: number;
  /** Of a message that has one already; nothing of the sandbox may have it. */
  readonly id?: string;
}

/** Bytes of a body that travel with the message; what is larger lies in the blob store, and the message has a claim check. */
const INLINE_MAX = 64 * 1024;
const NOTHING = new Uint8Array();

const bytesOf = (body: NewMessage['body']): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

const typeOf = ({ contentType, body }: NewMessage): string | null =>
  contentType ?? (typeof body === 'string' || body instanceof Uint8Array ? null : 'application/json');

const timeOf = (time: number | undefined, what: string): number | null => {
  if (time !== undefined && !Number.isFinite(time))
    throw new Error(`${what} of a message is ${time}, which is no time`);
  return time === undefined ? null : Math.ceil(time);
};

/**
 * Puts a message into the store, with the exchange that shows it; `host.messages.wake()` is for whoever commits. Returns
 * its id.
 */
export const enqueueMessage = async (tx: Tx, host: Host, sending: Sending, message: NewMessage): Promise<string> => {
  const { sandbox, dialect, from, now, faults, place } = sending;
  const queue = queueOf(sandbox.pattern, message.consumer);
  const consumer = host.messages.consumer(queue);
  if (consumer === undefined) throw new Error(`Nothing consumes the queue ${queue}`);
  const real = host.now();
  const notBefore = timeOf(message.notBefore, 'The earliest time');
  const expires = timeOf(message.expires, 'The expiry');
  const due = notBefore !== null && notBefore > now ? notBefore : null;
  const ordering = message.key ?? null;
  const body = bytesOf(message.body);
  const row = {
    serial: sandbox.serial,
    id: sending.id ?? exchangeId(real),
    sandbox: sandbox.id,
    queue,
    sender: from,
    receiver: message.to ?? consumer.participant,
    ordering,
    headers: JSON.stringify(message.headers ?? {}),
    content_type: typeOf(message),
    body,
    claim: null,
    attempt: 1,
    spent: 0,
    at: now,
    expires,
    fate: null,
  };
  const claim = body.length > INLINE_MAX ? await putBlob(tx, row.serial, body) : undefined;
  const kept = claim === undefined ? row : { ...row, body: NOTHING, claim: JSON.stringify(claim) };
  // Of one that has a claim check the journal keeps as much as of any other body.
  const start = messageExchange(row, { now, real }, 'SEND', claim !== undefined);
  const { seed } = sandbox;
  const apart = kept.body !== message.body;
  const posted: Posted = { ...kept, due, apart };
  const struck: Posted =
    faults === 0
      ? posted
      : { ...posted, decide: (inTurn) => decideFate(inTurn, kept, consumer.lesson, { seed, dialect, place }) };
  await host.messages.gather(tx, host.journal, async (bag) => bag.add(start, { milliseconds: 0 }, struck));
  return row.id;
};
