import { createCtx } from '../context.ts';
import type { Dialect } from '../dialect.ts';
import type { Ctx } from '../pattern.ts';
import { type Acknowledgement, acknowledgeInBytes, type Code } from './acknowledge.ts';
import { codeOf } from './application.ts';
import { newControlId } from './control-id.ts';
import { APPLICATION, notOffered } from './enhanced.ts';
import { Hl7Error } from './hl7-error.ts';
import { findAcknowledgement, keepAcknowledgement } from './kept-acknowledgements.ts';
import type { Hl7Message } from './message.ts';
import type { Hl7Answer, Hl7Receiver } from './receiver.ts';
import type { Reception } from './reception.ts';

/** An acknowledgement, ready to be sent. */
export interface Reply {
  readonly code: string;
  readonly bytes: Uint8Array;
}

/** In enhanced mode what is answered on the connection is whether the message is accepted: CA, CE or CR. */
const stageOf = ({ mode }: Reception, code: 'AA' | 'AE' | 'AR'): Code =>
  mode === undefined ? code : code === 'AA' ? 'CA' : code === 'AE' ? 'CE' : 'CR';

export const write = (
  reception: Reception,
  given: 'AA' | 'AE' | 'AR',
  answer: Pick<Hl7Answer, 'text' | 'faults' | 'complete'>,
): Reply => {
  const { text, faults, complete } = answer;
  const { header, tolerated, now } = reception;
  const code = stageOf(reception, given);
  const acknowledgement: Acknowledgement = {
    code,
    controlId: newControlId(),
    now,
    text,
    faults: faults === undefined ? tolerated : [...faults, ...tolerated],
    complete,
  };
  return { code, bytes: acknowledgeInBytes(header, acknowledgement, reception.facts.stems) };
};

/** The acknowledgement that the same message got before, if it came before. */
export const again = async (reception: Reception, message: Hl7Message): Promise<Reply | undefined> => {
  const kept = await findAcknowledgement(reception.host.sql, reception, message);
  if (kept !== undefined)
    reception.note('This control id came before: the same acknowledgement again, and no other effect');
  return kept;
};

const ctxOf = ({ host, delivery, recording }: Reception, dialect: Dialect): Ctx => {
  const { sandbox, participant, frame } = delivery;
  const cause = () => ['hl7v2', frame.content];
  return createCtx(host, sandbox, participant, dialect, { recording, cause });
};

/** What a receiver says: unless it accepts, the same message may have been answered before. */
const asked = async (
  reception: Reception,
  ctx: Ctx,
  receiver: Hl7Receiver,
  message: Hl7Message,
): Promise<Hl7Answer | Reply> => {
  let answer: Hl7Answer;
  try {
    answer = await receiver.receive(message, ctx, reception.from);
  } catch (error) {
    const kept = await again(reception, message);
    if (kept !== undefined) return kept;
    throw error;
  }
  return (codeOf(answer) === 'AA' ? undefined : await again(reception, message)) ?? answer;
};

/**
 * What the receiver says, with its effect, the message's record and the kept reply in one transaction. One that came before
 * shows by the constraint that it breaks; `replacing` is for what an earlier AE asked to be put right.
 */
export const perform = async (
  reception: Reception,
  dialect: Dialect,
  receiver: Hl7Receiver,
  message: Hl7Message,
  replacing: boolean,
): Promise<Reply> => {
  const ctx = ctxOf(reception, dialect);
  const answer = await asked(reception, ctx, receiver, message);
  if ('bytes' in answer) return answer;
  const code = codeOf(answer);
  const reply = write(reception, code, answer);
  if (code === 'AR') return reply;
  reception.willAnswer(reply);
  await ctx.transaction(async (tx) => {
    await keepAcknowledgement(tx, reception, message, reply, replacing);
    await answer.effect?.(tx);
  });
  return reply;
};

/** Enhanced mode: the message, its record and the kept CA in one transaction; the receiver gets it from the queue. */
export const accept = async (
  reception: Reception,
  dialect: Dialect,
  message: Hl7Message,
  replacing: boolean,
): Promise<Reply> => {
  const { host, delivery, from } = reception;
  const { consumers } = (await host.pattern(delivery.sandbox.row.pattern)).app;
  if (consumers?.[APPLICATION] === undefined) throw notOffered();
  const ctx = ctxOf(reception, dialect);
  const reply = write(reception, 'AA', {});
  const headers = { from: from.participant, claimed: String(from.claimed) };
  await ctx.transaction(async (tx) => {
    await keepAcknowledgement(tx, reception, message, reply, replacing);
    await ctx.enqueue(tx, { consumer: APPLICATION, to: delivery.participant.name, headers, body: message.toBytes() });
  });
  return reply;
};

const UNKNOWN = 'MSA-2 names no message that was sent from here';

/**
 * An acknowledgement that came as a message. Only what an application says, in enhanced mode, is acknowledged again, as
 * accepted (V2-08); all else would go on for ever. The participant that it is for hears of it once.
 */
export const takeAcknowledgement = async (
  reception: Reception,
  dialect: Dialect,
  receiver: Hl7Receiver | undefined,
  message: Hl7Message,
): Promise<Reply | undefined> => {
  const commit = message.encoded('MSA-1').startsWith('C');
  const final = commit || reception.mode === undefined;
  reception.note(
    final
      ? 'An acknowledgement came as a message; it is not acknowledged'
      : 'The application acknowledgement of an earlier message',
  );
  const heard = commit ? undefined : receiver?.acknowledged;
  if (final && heard === undefined) return undefined;
  const kept = await again(reception, message);
  if (kept !== undefined) return final ? undefined : kept;
  const ctx = ctxOf(reception, dialect);
  const effect = await heard?.call(receiver, message, ctx, reception.from);
  if (heard !== undefined && effect === undefined) {
    if (!final) throw new Hl7Error(UNKNOWN, { condition: 204, at: { segment: 'MSA', field: 2 } });
    reception.note(UNKNOWN);
    return undefined;
  }
  const reply = write(reception, 'AA', {});
  await ctx.transaction(async (tx) => {
    await keepAcknowledgement(tx, reception, message, reply);
    await effect?.(tx);
  });
  return final ? undefined : reply;
};
