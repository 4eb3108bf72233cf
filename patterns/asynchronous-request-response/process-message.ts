import { jsonFormat } from '../../sandbox/fhir/format.ts';
import type { FhirMessage } from '../../sandbox/fhir/message.ts';
import { readMessage } from '../../sandbox/fhir/message.ts';
import { fhirBases } from '../../sandbox/fhir/reply.ts';
import { forWriting, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { problem, UNPROCESSABLE } from '../../sandbox/problem.ts';
import { isRequest, isResponse, RESPONSE_TO } from './events.ts';
import { UNCORRELATED, UNKNOWN_EVENT } from './problems.ts';
import { markProcessed } from './processed.ts';
import { keepRules } from './rules.ts';
import { answerTo, takeBooking, takeReferral } from './take-request.ts';
import { takeResponse } from './take-response.ts';
import { ways } from './ways.ts';

const FHIR_JSON = { 'content-type': 'application/fhir+json; charset=utf-8' };

const requireAsync = (call: Call, ctx: Ctx): void => {
  if (!ways.in(ctx).asksForAsync || call.query.get('async') === 'true') return;
  throw problem(
    UNPROCESSABLE,
    'A referral is decided by a person, so it cannot be answered on this connection: send it with async=true',
    { at: 'async' },
  );
};

/** The provider's side: received and kept, and answered here only where nobody has to decide. */
const processRequest = async (call: Call, ctx: WritingCtx, message: FhirMessage): Promise<Reply> => {
  const { event } = message;
  if (!isRequest(event))
    throw problem(
      UNKNOWN_EVENT,
      `${JSON.stringify(event.slice(0, 80))} is not taken here; there are servicerequest-request and booking-request`,
      { at: 'MessageHeader.event' },
    );
  const referral = event === 'servicerequest-request';
  if (referral) requireAsync(call, ctx);
  const answer = await ctx.transaction(async (tx) => {
    await markProcessed(ctx, tx, message, call);
    if (referral) await takeReferral(ctx, tx, message, call);
    const focus = referral ? [] : [await takeBooking(ctx, tx, message)];
    return answerTo(ctx, message, RESPONSE_TO[event], focus);
  });
  // In words: by a message that is about nothing yet.
  if (referral && !ways.in(ctx).acknowledgesInWords) return { status: 202 };
  return { status: 200, headers: FHIR_JSON, body: JSON.stringify(answer) };
};

/** The requester's side: a business response is acknowledged, technically, and nothing acknowledges that. */
const processResponse = async (call: Call, ctx: WritingCtx, message: FhirMessage): Promise<Reply> => {
  const { event } = message;
  if (!isResponse(event))
    throw problem(
      UNKNOWN_EVENT,
      `${JSON.stringify(event.slice(0, 80))} is not taken here; there are servicerequest-response and booking-response`,
      { at: 'MessageHeader.event' },
    );
  const stray = await ctx.transaction((tx) => takeResponse(ctx, tx, message, call));
  if (stray !== undefined)
    throw problem(UNCORRELATED, `The message was set aside: ${stray}`, { at: 'MessageHeader.response.identifier' });
  if (!ways.in(ctx).acknowledgesInWords) return { status: 202 };
  const received = { severity: 'information', code: 'informational', diagnostics: 'The response was received' };
  return {
    status: 200,
    headers: FHIR_JSON,
    body: JSON.stringify({ resourceType: 'OperationOutcome', issue: [received] }),
  };
};

/** `POST …/$process-message`: FHIR R4 messageheader-operation-process-message.html; BaRS Core. */
export const processMessage: Handler = async (call, ctx) => {
  const writing = forWriting(ctx, fhirBases(call), keepRules);
  const message = readMessage(ctx, jsonFormat.parse(call.body));
  return ctx.participant.name === 'provider'
    ? processRequest(call, writing, message)
    : processResponse(call, writing, message);
};
