import { createHash } from 'node:crypto';
import type { Reader, Tx } from '../sql/port.ts';

/** Under which a reply is kept: what a sender calls its message (a request id, MSH-10), and whose reply it is. */
export interface ReplyKey {
  /** Of the sandbox's generation. */
  readonly serial: number;
  /** The participant that replies. */
  readonly participant: string;
  /** As far as it is known; `unknown` is one sender, too. */
  readonly sender: string;
  readonly id: string;
}

/** A reply as it went over the wire. */
export interface KeptReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What there is under a key: the reply to the same message, or the news that the id stands for another one. */
export type Kept = { readonly same: true; readonly reply: KeptReply } | { readonly same: false };

const fingerprintOf = (message: Uint8Array): string => createHash('sha256').update(message).digest('hex');

interface Row {
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: string;
  readonly body: Uint8Array;
}

/** What was replied to a message of this id before; undefined where it is new. Asked in the transaction that accepts it. */
export const findReply = async (reader: Reader, key: ReplyKey, message: Uint8Array): Promise<Kept | undefined> => {
  const [row] = await reader.query<Row>(
    `select fingerprint, status, headers, body from kept_reply
     where serial = $1 and participant = $2 and sender = $3 and id = $4`,
    [key.serial, key.participant, key.sender, key.id],
  );
  if (row === undefined) return undefined;
  if (row.fingerprint !== fingerprintOf(message)) return { same: false };
  const { status, body } = row;
  return { same: true, reply: { status, headers: JSON.parse(row.headers), body } };
};

/** Keeps a reply in the transaction that accepts the message; rejects where there is one under the key. */
export const keepReply = async (tx: Tx, key: ReplyKey, message: Uint8Array, reply: KeptReply): Promise<void> => {
  await tx.query(
    `insert into kept_reply (serial, participant, sender, id, fingerprint, status, headers, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      key.serial,
      key.participant,
      key.sender,
      key.id,
      fingerprintOf(message),
      reply.status,
      JSON.stringify(reply.headers),
      reply.body,
    ],
  );
};

/** What came of a message that may have come before. */
export type Answered = { readonly reply: KeptReply; readonly replayed: boolean } | { readonly conflict: true };

/**
 * Accepts a message once: `accept` runs in the transaction that keeps its reply. The same message again, however soon, gets
 * the same bytes and has no effect; another one under the same id is a conflict.
 */
export const replyOnce = (
  transaction: <T>(body: (tx: Tx) => Promise<T>) => Promise<T>,
  key: ReplyKey,
  message: Uint8Array,
  accept: (tx: Tx) => Promise<KeptReply>,
): Promise<Answered> =>
  transaction(async (tx): Promise<Answered> => {
    const kept = await findReply(tx, key, message);
    if (kept !== undefined) return kept.same ? { reply: kept.reply, replayed: true } : { conflict: true };
    const reply = await accept(tx);
    await keepReply(tx, key, message, reply);
    return { reply, replayed: false };
  });
