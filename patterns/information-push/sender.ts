import { member, parsedJson, requireText } from '../../sandbox/act-values.ts';
import type { Act, Ctx, Incoming } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, ProblemError, problem } from '../../sandbox/problem.ts';
import { PROCESS_MESSAGE } from './addresses.ts';
import { EVENTS, type Event, isEvent } from './events.ts';
import { hl7Notice } from './hl7-notice.ts';
import { fhirNotice, type Notice } from './notification.ts';
import { keepSent, noteSent, type SentState } from './sent.ts';

const patient = { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' };
const event = { type: 'string', enum: Object.keys(EVENTS), title: 'What happened', default: 'discharge-notification' };

const eventOf = (input: Readonly<Record<string, unknown>>): Event =>
  isEvent(input.event) ? input.event : 'discharge-notification';

const isNoReply = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && (error.problem.status === 502 || error.problem.status === 504);

interface Told {
  readonly message: string;
  readonly state: SentState;
  readonly status?: number;
  readonly code?: string;
  readonly because?: string;
  readonly exchange?: string;
}

/** What a refusal says to a person. */
const saidIn = ({ body }: Incoming): string | undefined => {
  const outcome = parsedJson(body);
  const issue = member(member(outcome, 'issue'), '0');
  const said = member(issue, 'diagnostics') ?? member(member(issue, 'details'), 'text');
  return typeof said === 'string' ? said : undefined;
};

const settle = async (ctx: Ctx, told: Told): Promise<Told> => {
  await ctx.transaction((tx) => noteSent(ctx, tx, told.message, told.state, told.because));
  return told;
};

const overHttp = async (ctx: Ctx, notice: Notice): Promise<Told> => {
  const { id, body } = fhirNotice(ctx, notice);
  await ctx.transaction((tx) => keepSent(ctx, tx, id, 'http', 'recipient'));
  try {
    const reply = await ctx.send('broker', {
      method: 'POST',
      path: PROCESS_MESSAGE,
      headers: { accept: 'application/fhir+json', 'content-type': 'application/fhir+json', 'x-request-id': ctx.uuid() },
      body,
    });
    const { status, exchange } = reply;
    // 202 is "accepted for delivery" and no more (PSH-02).
    const state = status === 202 ? 'accepted' : status >= 500 || status === 429 ? 'unknown' : 'refused';
    const because = state === 'accepted' ? undefined : saidIn(reply);
    return settle(ctx, { message: id, state, status, ...(because === undefined ? {} : { because }), exchange });
  } catch (error) {
    if (!isNoReply(error)) throw error;
    return settle(ctx, { message: id, state: 'unknown', because: error.faults[0]?.detail ?? error.message });
  }
};

const overMllp = async (ctx: Ctx, notice: Notice): Promise<Told> => {
  if (EVENTS[notice.event].trigger === undefined)
    throw problem(BAD_REQUEST, 'A document is not sent as ADT; choose an admission or a discharge', { at: '/event' });
  const { id, message } = hl7Notice(ctx, notice);
  await ctx.transaction((tx) => keepSent(ctx, tx, id, 'mllp', 'recipient'));
  try {
    const { code, text, exchange } = await ctx.sendHl7('recipient', { message: message.toBytes() });
    const state = code === 'AA' ? 'acknowledged' : 'refused';
    return settle(ctx, {
      message: id,
      state,
      ...(code === undefined ? {} : { code }),
      ...(text === undefined ? {} : { because: text }),
      exchange,
    });
  } catch (error) {
    if (!isNoReply(error)) throw error;
    return settle(ctx, { message: id, state: 'unknown', because: error.faults[0]?.detail ?? error.message });
  }
};

const overQueue = async (ctx: Ctx, notice: Notice): Promise<Told> => {
  const { id, body } = fhirNotice(ctx, notice);
  await ctx.transaction(async (tx) => {
    await keepSent(ctx, tx, id, 'queue', 'recipient');
    await ctx.enqueue(tx, {
      consumer: 'inbox',
      key: 'recipient',
      contentType: 'application/fhir+json',
      headers: { 'message-id': id },
      body,
    });
    await noteSent(ctx, tx, id, 'accepted');
  });
  return { message: id, state: 'accepted' };
};

const WAYS = { http: overHttp, mllp: overMllp, queue: overQueue } as const;
type Way = keyof typeof WAYS;
const isWay = (value: unknown): value is Way => typeof value === 'string' && Object.hasOwn(WAYS, value);

/** What a sender does with new information, where that does not go by mail. */
export const senderActs: Readonly<Record<string, Act>> = {
  'send-notification': {
    title: 'Send a notification',
    summary: 'To the recipient: as a FHIR message through the exchange, as HL7 v2 over MLLP, or into its queue',
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient,
        event,
        via: { type: 'string', enum: Object.keys(WAYS), title: 'Way', default: 'http' },
        acknowledge: { type: 'boolean', title: 'Ask for an infrastructure acknowledgement', default: false },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const asked = input.acknowledge === true ? (['InfAckRequested'] as const) : [];
      const notice = { event: eventOf(input), patient: requireText(input, 'patient'), asked };
      return WAYS[isWay(input.via) ? input.via : 'http'](ctx, notice);
    },
  },
  'ask-for-business-acknowledgement': {
    title: 'Ask for a business acknowledgement',
    summary: 'The exchange refuses, and says which pattern offers one (Q5)',
    input: { type: 'object', required: ['patient'], properties: { patient, event }, additionalProperties: false },
    run: (input, ctx) =>
      overHttp(ctx, { event: eventOf(input), patient: requireText(input, 'patient'), asked: ['BusAckRequested'] }),
  },
  'send-correction': {
    title: 'Correct what was sent',
    summary: 'What was sent cannot be called back: a new message refers to the earlier one',
    input: {
      type: 'object',
      required: ['patient', 'message'],
      properties: {
        patient,
        message: { type: 'string', minLength: 1, maxLength: 64, title: 'Message that is corrected' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) =>
      overHttp(ctx, {
        event: 'document-notification',
        patient: requireText(input, 'patient'),
        asked: [],
        replaces: requireText(input, 'message'),
      }),
  },
};
