import { fingerprintOf, type ReplyKey, readReply, writeReply } from '../messages/replies.ts';
import type { Reader, Tx } from '../sql/port.ts';
import type { Hl7Message } from './message.ts';
import type { Reception } from './reception.ts';

/** In place of a fingerprint: what was accepted is the same message whatever else it says when it comes again. */
const ACCEPTED = 'accepted';

interface Acknowledgement {
  readonly code: string;
  readonly bytes: Uint8Array;
}

/** As JSON, in which no character is one that the store refuses. */
const senderOf = ({ facts, header }: Reception): string => {
  facts.sender ??= JSON.stringify([header.encoded('MSH-3'), header.encoded('MSH-4')]);
  return facts.sender;
};

/** A sender is who MSH-3 and MSH-4 say it is; control ids are its own. */
const keyOf = (reception: Reception): ReplyKey => ({
  serial: reception.delivery.sandbox.row.serial,
  participant: reception.delivery.participant.name,
  sender: senderOf(reception),
  id: JSON.stringify(reception.controlId),
});

/** What makes a message the same one again: all of it but the time at which it was sent. */
const contentOf = (message: Hl7Message): Buffer => {
  const [head = '', ...rest] = message.lines();
  const { field } = message.delimiters;
  // Fields are split after MSH-1, so MSH-7 is the seventh.
  return Buffer.from([head.split(field).toSpliced(6, 1).join(field), ...rest].join('\r'), 'latin1');
};

/**
 * The acknowledgement that this message got before, byte for byte (V2-10). What was accepted gets it whatever else the
 * message says now, so that nothing has a second effect; what was an error gets it only while it is the same message, since
 * AE asks to put the content right. AR is not kept: it asks to send the same again.
 */
export const findAcknowledgement = async (
  reader: Reader,
  reception: Reception,
  message: Hl7Message,
): Promise<Acknowledgement | undefined> => {
  const kept = await readReply(reader, keyOf(reception));
  if (kept === undefined) return undefined;
  const same = kept.fingerprint === ACCEPTED || kept.fingerprint === fingerprintOf(contentOf(message));
  return same ? { code: kept.reply.headers.code ?? '', bytes: kept.reply.body } : undefined;
};

/** An error that was answered before gives way. */
const forgetError = (tx: Tx, { serial, participant, sender, id }: ReplyKey): Promise<unknown> =>
  tx.query(
    `delete from kept_reply
     where serial = $1 and participant = $2 and sender = $3 and id = $4 and fingerprint <> $5`,
    [serial, participant, sender, id, ACCEPTED],
  );

/**
 * In the transaction of the effect. An error is not kept where another message of that id was accepted. Else rejects with a constraint where one is there: the message came before, which that tells
 * more cheaply than asking first, or, unless this one is `replacing`, another one of its id was answered with an error.
 */
export const keepAcknowledgement = async (
  tx: Tx,
  reception: Reception,
  message: Hl7Message,
  { code, bytes }: Acknowledgement,
  replacing = false,
): Promise<void> => {
  const wrong = code === 'AE' || code === 'CE';
  const key = keyOf(reception);
  if (wrong || replacing) await forgetError(tx, key);
  const fingerprint = wrong ? fingerprintOf(contentOf(message)) : ACCEPTED;
  await writeReply(tx, key, fingerprint, { status: 200, headers: { code }, body: bytes }, wrong ? 'leave' : 'reject');
};
