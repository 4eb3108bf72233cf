import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { uncorrelatedMessage } from '../../sandbox/fhir/uncorrelated.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer, Ctx, Message } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { keepAnswer } from './answers-sent.ts';
import type { Case } from './cases.ts';
import { eventCoding, identifierOf, reasonOf } from './events.ts';
import { ways } from './ways.ts';

/** A participant as the source of a message, and where messages to another go. */
export const sourceOf = (ctx: Ctx) => ({
  name: ctx.participant.name,
  endpoint: destinationOf(ctx, ctx.participant.name),
});
export const destinationOf = (ctx: Ctx, to: string): string => ways.in(ctx).destinationOf(ctx, to);

/** The body goes out as it lies in the queue, so that a response that is sent again is the same message. */
export const enqueueResponse = async (
  ctx: Ctx,
  tx: Tx,
  known: Case,
  { task, referral }: { readonly task: FhirResource; readonly referral: FhirResource },
): Promise<void> => {
  const { message, header, correlation } = known;
  if (message === null || header === null) return;
  const base = fhirBaseOf(ctx, ctx.participant.name) ?? '';
  const body = writeMessage({
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: eventCoding('servicerequest-response'),
    at: ctx.now(),
    base,
    source: sourceOf(ctx),
    destination: destinationOf(ctx, 'requester'),
    response: {
      identifier: identifierOf(ctx, { bundle: message, header }),
      code: task.status === 'failed' ? 'fatal-error' : 'ok',
    },
    header: reasonOf('update'),
    focus: [referral],
    beside: [{ ...task, id: known.task }],
  });
  await ctx.enqueue(tx, {
    consumer: 'respond',
    key: known.task,
    contentType: 'application/fhir+json',
    headers: { 'x-request-id': ctx.uuid(), ...(correlation === null ? {} : { 'x-correlation-id': correlation }) },
    body,
  });
};

/** Causes that pass: BaRS Core, retry. A 409 that says duplicate has arrived before, and is as good as a 200. */
const PASSING: readonly number[] = [408, 429, 502, 503, 504];

/** Only what answers a request has an id of its own: an acknowledgement in a message is no answer. */
const isAnswer = ({ headers }: Message): boolean => headers['x-request-id'] !== undefined;

const deliver = async (message: Message, ctx: Ctx): Promise<void> => {
  const { answer, hasArrived, sentTo } = ways.in(ctx);
  const body = Buffer.from(message.body).toString('utf8');
  const { status } = await answer(ctx, { local: message.id, body, headers: message.headers });
  const whoever = sentTo === 'provider' ? 'the requester' : `the ${sentTo}`;
  if (PASSING.includes(status)) throw problem(UPSTREAM_FAILED, `${whoever} answered ${status}`);
  if (!hasArrived(status))
    throw new Undeliverable(`${whoever} answered ${status} and will not take it another time either`);
  await ctx.transaction(async (tx) => (isAnswer(message) ? keepAnswer(ctx, tx, message) : undefined));
};

/**
 * Sends business responses, those about one referral one after the other, again and again with growing waits; what cannot be
 * delivered is a dead letter that somebody has to look at.
 */
export const respond: Consumer = {
  participant: 'provider',
  retry: { attempts: 8, first: 'PT30S', factor: 2, max: 'PT6H' },
  // The requester shows a request to somebody after two days.
  lesson: { expected: 'P2D', uncorrelated: uncorrelatedMessage },
  handle: deliver,
};
