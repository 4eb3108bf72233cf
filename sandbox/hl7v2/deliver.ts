import type { Dialect } from '../dialect.ts';
import type { Strike } from '../faults.ts';
import type { Host } from '../http/host.ts';
import { namesRealNumber } from '../nhs-number.ts';
import { identifySender, type LoadedSandbox } from '../participants.ts';
import type { Caller } from '../pattern.ts';
import { type Fault, ProblemError, problem, REAL_NHS_NUMBER, UNAVAILABLE } from '../problem.ts';
import { realNumbersInBody } from '../real-numbers/in-body.ts';
import { SqlError } from '../sql/error.ts';
import { judgeStructure, namedBy, StructureError } from './check-structure.ts';
import { wants } from './enhanced.ts';
import { checkHeader, findRealNumbers, isReceived } from './header-checks.ts';
import { Hl7Error } from './hl7-error.ts';
import { keepAcknowledgement } from './kept-acknowledgements.ts';
import type { Hl7Message } from './message.ts';
import { chosenCode, dropsBefore, findMllpStrikes, spoil } from './mllp-faults.ts';
import { frameOf } from './mllp-frames.ts';
import type { Delivery, Outcome } from './port.ts';
import type { Hl7Receivers } from './receiver.ts';
import { Reception } from './reception.ts';
import { refusalOf } from './refusal.ts';
import { accept, again, perform, type Reply, takeAcknowledgement, write } from './stages.ts';

const REMARKS = {
  restarted: 'The frame was given up by its sender, who began another; nothing is answered',
  unfinished: 'The frame was not finished; nothing is answered',
  garbage: 'These bytes are in no frame (VT, message, FS, CR); nothing is answered',
} as const;

/** Only a simulated participant answers; the others are not there, and the message is to be sent again later. */
const checkSeat = ({ delivery }: Reception): void => {
  const { name, mode } = delivery.participant;
  if (mode === 'stopped') throw problem(UNAVAILABLE, `${name} is stopped`);
  if (mode === 'external') throw problem(UNAVAILABLE, `${name} is not simulated but an external system: send it there`);
};

const identify = async (reception: Reception, message: Hl7Message): Promise<void> => {
  const { host, delivery, facts } = reception;
  const { sandbox, participant } = delivery;
  const { manifest } = await host.pattern(sandbox.row.pattern);
  const claims = ['MSH-3.1', 'MSH-4.1'].map((path) => message.text(path));
  const operationIds = ['hl7v2', reception.operation ?? ''];
  const credential = message.text('MSH-8');
  reception.from = identifySender({ sandbox, manifest, to: participant.name, operationIds, claims, credential });
  const own = facts.callers.get(sandbox) ?? new Map<string, Caller>();
  facts.callers.set(sandbox, own.set(participant.name, reception.from));
};

/** What of it may be a real person's number; of what cannot be taken apart, its text says. */
const realNumbersOf = ({ host, message, delivery }: Reception): readonly Fault[] => {
  if (host.allowRealNhsNumbers) return [];
  return message === undefined ? realNumbersInBody(delivery.frame.content) : findRealNumbers(message);
};

/** The reply to a message that is not accepted; an AE is kept, so that the same message gets it again. */
const refuse = async (reception: Reception, thrown: unknown): Promise<Reply> => {
  const { host, message, id, delivery } = reception;
  const foreseen = [Hl7Error, ProblemError, StructureError].some((kind) => thrown instanceof kind);
  if (!foreseen)
    host.log.error({ err: thrown, exchange: id, participant: delivery.participant.name }, 'a message failed');
  if (thrown instanceof ProblemError && namesRealNumber(thrown.faults)) reception.conceal();
  const { code, faults } = refusalOf(thrown);
  const reply = write(reception, code, { faults });
  if (code === 'AE' && message !== undefined && reception.controlId !== '')
    await reception.recording.transaction(host.sql, (tx) => keepAcknowledgement(tx, reception, message, reply));
  return reply;
};

/** That an id is there already is found out by keeping the reply to it: most are new, and need not be looked for. */
const once = async <R>(
  reception: Reception,
  message: Hl7Message,
  attempt: (replacing: boolean) => Promise<R>,
  recall: () => Promise<Reply | undefined> = () => again(reception, message),
): Promise<R | Reply> => {
  try {
    return await attempt(false);
  } catch (thrown) {
    if (!(thrown instanceof SqlError) || thrown.trouble !== 'constraint') throw thrown;
    return (await recall()) ?? attempt(true);
  }
};

/** Undefined where nothing is answered: an acknowledgement is not acknowledged (V2-08). */
const answer = async (
  reception: Reception,
  receivers: Hl7Receivers,
  dialect: Dialect,
  strikes: readonly Strike[],
  real: readonly Fault[],
): Promise<Reply | undefined> => {
  const { message, error, delivery } = reception;
  try {
    checkSeat(reception);
    if (message === undefined) throw error;
    if (delivery.sender === undefined) {
      const known = reception.facts.callers.get(delivery.sandbox)?.get(delivery.participant.name);
      if (known === undefined) await identify(reception, message);
      else reception.from = known;
    }
    if (real.length > 0) {
      if (message.count('MSA') > 0) return undefined;
      throw problem(REAL_NHS_NUMBER, real);
    }
    const receiver = receivers[delivery.participant.name];
    // A message of a type that is received here is one, though somebody has put an MSA into it.
    if (message.count('MSA') > 0 && (receiver === undefined || !isReceived(message, receiver)))
      return await once(
        reception,
        message,
        () => takeAcknowledgement(reception, dialect, receiver, message),
        async () => undefined,
      );
    const chosen = chosenCode(strikes);
    if (chosen !== undefined)
      return write(reception, chosen.code, {
        faults: [{ detail: `This sandbox was told to answer so (${chosen.because})` }],
      });
    if (receiver === undefined) throw problem(UNAVAILABLE, `${delivery.participant.name} receives no messages`);
    const { facts } = reception;
    checkHeader(message, receiver, facts.takenBy);
    facts.named ??= namedBy(message);
    reception.tolerate(judgeStructure(message, dialect.hl7v2, facts.named));
    return await once(reception, message, (replacing) =>
      reception.mode === undefined
        ? perform(reception, dialect, receiver, message, replacing)
        : accept(reception, dialect, message, replacing),
    );
  } catch (thrown) {
    return refuse(reception, thrown);
  }
};

/** What a sandbox speaks stays as it is for as long as nothing of it is changed. */
const dialects = new WeakMap<LoadedSandbox, Dialect>();

const dialectOf = async (host: Host, sandbox: LoadedSandbox): Promise<Dialect> => {
  const { dialect } = await (await host.pattern(sandbox.row.pattern)).dialect(sandbox.row.dialect);
  dialects.set(sandbox, dialect);
  return dialect;
};

const take = async (reception: Reception, receivers: Hl7Receivers): Promise<Outcome> => {
  const real = realNumbersOf(reception);
  if (real.length > 0) reception.conceal();
  const { flaw } = reception.delivery.frame;
  if (flaw === 'restarted' || flaw === 'unfinished' || flaw === 'garbage') {
    reception.note(REMARKS[flaw]);
    reception.finish(undefined, undefined);
    return {};
  }
  const { sandbox } = reception.delivery;
  const dialect = dialects.get(sandbox) ?? (await dialectOf(reception.host, sandbox));
  const found = findMllpStrikes(reception, dialect.sentinels);
  const strikes = found instanceof Promise ? await found : found;
  if (dropsBefore(strikes)) {
    reception.finish(undefined, undefined);
    return { close: 'end' };
  }
  const reply = await answer(reception, receivers, dialect, strikes, real);
  const { mode } = reception;
  const wanted = reply !== undefined && (mode === undefined || wants(mode.accept, reply.code === 'CA'));
  if (!wanted) {
    if (reply !== undefined) reception.note(`${reply.code}, which MSH-15 does not ask for`);
    reception.finish(undefined, undefined);
    return {};
  }
  if (strikes.length === 0) {
    reception.finish(reply.bytes, reply.code);
    return { wire: frameOf(reply.bytes) };
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
