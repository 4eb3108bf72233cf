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
type Kept = { readonly same: true; readonly reply: KeptReply } | { readonly same: false };

export const fingerprintOf = (message: Uint8Array): string => createHash('sha256').update(message).digest('hex');

interface Row {
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: string;
  readonly body: Uint8Array;
}

/** What was kept under a key, with what tells its message apart from others of that id. */
export const readReply = async (
  reader: Reader,
  key: ReplyKey,
): Promise<{ readonly fingerprint: string; readonly reply: KeptReply } | undefined> => {
  const [row] = await reader.query<Row>(
    `select fingerprint, status, headers, body from kept_reply
     where serial = $1 and participant = $2 and sender = $3 and id = $4`,
    [key.serial, key.participant, key.sender, key.id],
  );
  if (row === undefined) return undefined;
  const { fingerprint, status, headers, body } = row;
  return { fingerprint, reply: { status, headers: JSON.parse(headers), body } };
};

const INSERT = `insert into kept_reply (serial, participant, sender, id, fingerprint, status, headers, body)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Keeps a reply in the transaction that accepts the message; where there is one under the key, rejects or leaves that. */
export const writeReply = (
  tx: Tx,
  key: ReplyKey,
  fingerprint: string,
  reply: KeptReply,
  otherwise: 'reject' | 'leave' = 'reject',
): Promise<unknown> =>
  tx.query(otherwise === 'reject' ? INSERT : `${INSERT} on conflict do nothing`, [
    key.serial,
    key.participant,
    key.sender,
    key.id,
    fingerprint,
    reply.status,
    JSON.stringify(reply.headers),
    reply.body,
  ]);

/** What was replied to a message of this id before; undefined where it is new. Asked in the transaction that accepts it. */
const findReply = async (reader: Reader, key: ReplyKey, message: Uint8Array): Promise<Kept | undefined> => {
  const kept = await readReply(reader, key);
  if (kept === undefined) return undefined;
  return kept.fingerprint === fingerprintOf(message) ? { same: true, reply: kept.reply } : { same: false };
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
    await writeReply(tx, key, fingerprintOf(message), reply);
    return { reply, replayed: false };
  });
