import { randomUUID } from 'node:crypto';
import { createCtx } from '../context.ts';
import type { Strike } from '../faults.ts';
import type { Host } from '../http/host.ts';
import { namesRealNumber } from '../nhs-number.ts';
import { identifySender } from '../participants.ts';
import { ProblemError, problem, REAL_NHS_NUMBER, UNAVAILABLE } from '../problem.ts';
import { SqlError } from '../sql/error.ts';
import { acknowledge, type Code, type MessageFault } from './acknowledge.ts';
import { checkHeader, findRealNumbers } from './header-checks.ts';
import { Hl7Error } from './hl7-error.ts';
import { findAcknowledgement, keepAcknowledgement } from './kept-acknowledgements.ts';
import type { Hl7Message } from './message.ts';
import { chosenCode, dropsBefore, findMllpStrikes, spoil } from './mllp-faults.ts';
import type { Delivery, Outcome } from './port.ts';
import type { Hl7Answer, Hl7Receiver, Hl7Receivers } from './receiver.ts';
import { Reception } from './reception.ts';
import { refusalOf } from './refusal.ts';

/** An acknowledgement, ready to be sent. */
interface Reply {
  readonly code: string;
  readonly bytes: Uint8Array;
}

/** MSH-10 of before v2.7 has twenty characters. */
export const newControlId = (): string => randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase();

const REMARKS = {
  restarted: 'The frame was given up by its sender, who began another; nothing is answered',
  unfinished: 'The frame was not finished; nothing is answered',
  garbage: 'These bytes are in no frame (VT, message, FS, CR); nothing is answered',
} as const;

const isError = ({ severity = 'E' }: MessageFault): boolean => severity === 'E';

const write = (reception: Reception, code: Code, given: Pick<Hl7Answer, 'text' | 'faults' | 'complete'>): Reply => {
  const { text, faults, complete } = given;
  const reply = acknowledge(reception.header, {
    code,
    controlId: newControlId(),
    now: reception.now,
    ...(text === undefined ? {} : { text }),
    ...(faults === undefined ? {} : { faults }),
    ...(complete === undefined ? {} : { complete }),
  });
  return { code, bytes: reply.toBytes() };
};

/** Only a simulated participant answers; the others are not there, and the message is to be sent again later. */
const checkSeat = ({ delivery }: Reception): void => {
  const { name, mode } = delivery.participant;
  if (mode === 'stopped') throw problem(UNAVAILABLE, `${name} is stopped`);
  if (mode === 'external') throw problem(UNAVAILABLE, `${name} is not simulated but an external system: send it there`);
};

const identify = async (reception: Reception, message: Hl7Message): Promise<void> => {
  const { host, delivery } = reception;
  const { sandbox, participant, sender } = delivery;
  if (sender !== undefined) return;
  const { manifest } = await host.pattern(sandbox.row.pattern);
  const claims = ['MSH-3.1', 'MSH-4.1'].map((path) => message.text(path));
  const operationIds = ['hl7v2', reception.operation ?? ''];
  const credential = message.text('MSH-8');
  reception.from = identifySender({ sandbox, manifest, to: participant.name, operationIds, claims, credential });
};

const checkNumbers = (reception: Reception, message: Hl7Message): void => {
  if (reception.host.allowRealNhsNumbers) return;
  const found = findRealNumbers(message);
  if (found.length > 0)
    throw problem(
      REAL_NHS_NUMBER,
      found.map(({ fault }) => fault),
    );
};

/** What the receiver says, with its effect, the message's record and the kept reply in one transaction. */
const perform = async (reception: Reception, receiver: Hl7Receiver, message: Hl7Message): Promise<Reply> => {
  const { host, delivery, recording } = reception;
  const { sandbox, participant, frame } = delivery;
  const { dialect } = await (await host.pattern(sandbox.row.pattern)).dialect(sandbox.row.dialect);
  const cause = () => ['hl7v2', frame.content];
  const ctx = createCtx(host, sandbox, participant, dialect, { recording, cause });
  const answer = await receiver.receive(message, ctx, reception.from);
  const code = answer.code ?? (answer.faults?.some(isError) === true ? 'AE' : 'AA');
  const reply = write(reception, code, answer);
  if (code === 'AR') return reply;
  await ctx.transaction(async (tx) => {
    await keepAcknowledgement(tx, reception, message, code, reply.bytes);
    await answer.effect?.(tx);
  });
  return reply;
};

/** The reply to a message that is not accepted; an AE is kept, so that the same message gets it again. */
const refuse = async (reception: Reception, thrown: unknown): Promise<Reply> => {
  const { host, message, id, delivery } = reception;
  const foreseen = thrown instanceof Hl7Error || thrown instanceof ProblemError;
  if (!foreseen)
    host.log.error({ err: thrown, exchange: id, participant: delivery.participant.name }, 'a message failed');
  if (thrown instanceof ProblemError && namesRealNumber(thrown.faults)) reception.conceal();
  const { code, faults } = refusalOf(thrown);
  const reply = write(reception, code, { faults });
  if (code === 'AE' && message !== undefined && reception.controlId !== '')
    await reception.recording.transaction(host.sql, (tx) =>
      keepAcknowledgement(tx, reception, message, code, reply.bytes),
    );
  return reply;
};

const again = async (reception: Reception, message: Hl7Message): Promise<Reply | undefined> => {
  const kept = await findAcknowledgement(reception.host.sql, reception, message);
  if (kept !== undefined)
    reception.note('This control id came before: the same acknowledgement again, and no other effect');
  return kept;
};

/** Undefined where nothing is answered: an acknowledgement is not acknowledged (V2-08). */
const answer = async (
  reception: Reception,
  receivers: Hl7Receivers,
  strikes: readonly Strike[],
): Promise<Reply | undefined> => {
  const { message, error, delivery } = reception;
  try {
    checkSeat(reception);
    if (message === undefined) throw error;
    await identify(reception, message);
    if (message.count('MSA') > 0) {
      reception.note('An acknowledgement came as a message; it is not acknowledged');
      return undefined;
    }
    const chosen = chosenCode(strikes);
    if (chosen !== undefined)
      return write(reception, chosen.code, {
        faults: [{ detail: `This sandbox was told to answer so (${chosen.because})` }],
      });
    const receiver = receivers[delivery.participant.name];
    if (receiver === undefined) throw problem(UNAVAILABLE, `${delivery.participant.name} receives no messages`);
    checkHeader(message, receiver);
    checkNumbers(reception, message);
    return (await again(reception, message)) ?? (await perform(reception, receiver, message));
  } catch (thrown) {
    // The same message came twice at once, and the other was first.
    const kept =
      thrown instanceof SqlError && thrown.trouble === 'constraint' && message && (await again(reception, message));
    return kept || refuse(reception, thrown);
  }
};

const take = async (reception: Reception, receivers: Hl7Receivers): Promise<Outcome> => {
  const { flaw } = reception.delivery.frame;
  if (flaw === 'restarted' || flaw === 'unfinished' || flaw === 'garbage') {
    reception.note(REMARKS[flaw]);
    reception.finish(undefined, undefined);
    return {};
  }
  const strikes = await findMllpStrikes(reception);
  if (dropsBefore(strikes)) {
    reception.finish(undefined, undefined);
    return { close: 'end' };
  }
  const reply = await answer(reception, receivers, strikes);
  if (reply === undefined) {
    reception.finish(undefined, undefined);
    return {};
  }
  const { shown, ...outcome } = await spoil(strikes, reply.bytes);
  reception.finish(shown, shown === reply.bytes ? reply.code : undefined);
  return outcome;
};

/** Takes one frame in: records it, has it answered, and says what goes back. Never rejects. */
export const deliver = async (host: Host, receivers: Hl7Receivers, delivery: Delivery): Promise<Outcome> => {
  const reception = new Reception(host, delivery);
  try {
    return await take(reception, receivers);
  } catch (error) {
    host.log.error({ err: error, exchange: reception.id }, 'a message could not be answered');
    reception.note('Something went wrong here, and nothing was answered');
    reception.finish(undefined, undefined);
    return { close: 'end' };
  }
};
