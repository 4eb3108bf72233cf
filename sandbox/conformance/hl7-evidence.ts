import { Hl7Error } from '../hl7v2/hl7-error.ts';
import { type Hl7Message, parseMessage } from '../hl7v2/message.ts';
import { fail, type Judgement } from './check.ts';
import { type Evidence, type Observation, on } from './evidence.ts';
import type { SeenExchange, SeenHalf } from './journal-evidence.ts';

/** What a text holds as HL7 v2, or undefined where it is none. A journal keeps as base64 what is no UTF-8. */
export const messageIn = (body: string | undefined): Hl7Message | undefined => {
  if (body === undefined || body === '') return undefined;
  try {
    return parseMessage(body.startsWith('MSH') ? body : Buffer.from(body, 'base64'));
  } catch (error) {
    if (error instanceof Hl7Error) return undefined;
    throw error;
  }
};

/** One message of a run with its acknowledgement, both taken apart. */
export interface Acknowledged {
  readonly step: string;
  readonly sent: Hl7Message;
  readonly reply: Hl7Message;
  readonly bytes: string;
}

/** Judges the acknowledgement of one step; one without is "not observed", with the reason. */
export const onHl7 = (evidence: Evidence, step: string, judge: (of: Acknowledged) => Judgement): Judgement =>
  on(evidence, step, ({ request, reply }) => {
    const sent = messageIn(request.body);
    const answer = messageIn(reply.body);
    if (sent === undefined || answer === undefined) return fail(`${step}: what came back is no HL7 v2 message.`, step);
    return judge({ step, sent, reply: answer, bytes: reply.body });
  });

export const isHl7 = ({ request }: Pick<Observation, 'request'>): boolean => /^mllps?:/.test(request.url);

/** Every message of the run that was acknowledged. */
export const acknowledged = (evidence: Evidence): readonly Acknowledged[] =>
  evidence.observations.flatMap((one) => {
    const sent = isHl7(one) ? messageIn(one.request.body) : undefined;
    const reply = isHl7(one) ? messageIn(one.reply?.body) : undefined;
    return sent === undefined || reply === undefined
      ? []
      : [{ step: one.step, sent, reply, bytes: one.reply?.body ?? '' }];
  });

/** `ADT^A01 4711`, for findings. */
export const named = (message: Hl7Message | undefined): string =>
  message === undefined
    ? 'what is no HL7 v2 message'
    : `${message.encoded('MSH-9.1')}^${message.encoded('MSH-9.2')} ${message.encoded('MSH-10')}`;

/** One message that a participant sent or was sent over MLLP. */
export interface SeenMessage {
  readonly exchange: SeenExchange;
  readonly message: Hl7Message;
  /** What it was acknowledged with, where that was a message. */
  readonly reply: Hl7Message | undefined;
}

const whole = (half: SeenHalf | undefined): string | undefined => (half?.cut === true ? undefined : half?.body);

export const messagesIn = (exchanges: readonly SeenExchange[]): readonly SeenMessage[] =>
  exchanges.flatMap((exchange) => {
    const message = messageIn(whole(exchange.request));
    return message === undefined ? [] : [{ exchange, message, reply: messageIn(whole(exchange.reply)) }];
  });
