import { findReply, keepReply, type ReplyKey } from '../messages/replies.ts';
import type { Reader, Tx } from '../sql/port.ts';
import type { Hl7Message } from './message.ts';
import type { Reception } from './reception.ts';

const NOTHING = Buffer.alloc(0);

/** A sender is who MSH-3 and MSH-4 say it is; control ids are its own. */
const keyOf = ({ delivery, header, controlId }: Reception, code: 'AA' | 'AE'): ReplyKey => ({
  serial: delivery.sandbox.row.serial,
  participant: delivery.participant.name,
  // As JSON, in which no character is one that the store refuses.
  sender: JSON.stringify([header.encoded('MSH-3'), header.encoded('MSH-4')]),
  id: JSON.stringify([code, controlId]),
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
): Promise<{ readonly code: string; readonly bytes: Uint8Array } | undefined> => {
  const accepted = await findReply(reader, keyOf(reception, 'AA'), NOTHING);
  const found = accepted ?? (await findReply(reader, keyOf(reception, 'AE'), contentOf(message)));
  return found?.same === true ? { code: found.reply.headers.code ?? '', bytes: found.reply.body } : undefined;
};

/** In the transaction of the effect; rejects with a constraint where one was kept meanwhile. */
export const keepAcknowledgement = async (
  tx: Tx,
  reception: Reception,
  message: Hl7Message,
  { code, bytes }: { readonly code: string; readonly bytes: Uint8Array },
): Promise<void> => {
  const wrong = code === 'AE' || code === 'CE';
  const key = keyOf(reception, wrong ? 'AE' : 'AA');
  if (wrong)
    await tx.query('delete from kept_reply where serial = $1 and participant = $2 and sender = $3 and id = $4', [
      key.serial,
      key.participant,
      key.sender,
      key.id,
    ]);
  await keepReply(tx, key, wrong ? contentOf(message) : NOTHING, { status: 200, headers: { code }, body: bytes });
};
