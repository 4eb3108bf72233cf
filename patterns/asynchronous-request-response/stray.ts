import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { lastAnswer } from './answers-sent.ts';
import { eventCoding, reasonOf } from './events.ts';
import { destinationOf, sourceOf } from './respond.ts';
import { ways } from './ways.ts';

const post = async (ctx: Ctx, body: string, headers: Readonly<Record<string, string>>) => {
  const { status, exchange } = await ways.in(ctx).answer(ctx, { local: ctx.uuid(), body, headers });
  return { status, exchange };
};

/** Answers that a sound requester has to survive (RRA-09, RRA-10). */
export const strayActs: Readonly<Record<string, Act>> = {
  'answer-nothing': {
    title: 'Send an answer to nothing',
    summary: 'A response that names a request which was never made: the requester has to set it aside',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: (_input, ctx) => {
      const body = writeMessage({
        bundleId: ctx.uuid(),
        headerId: ctx.uuid(),
        event: eventCoding('servicerequest-response'),
        at: ctx.now(),
        base: fhirBaseOf(ctx, 'provider') ?? '',
        source: sourceOf(ctx),
        destination: destinationOf(ctx, 'requester'),
        response: { identifier: ctx.uuid(), code: 'ok' },
        header: reasonOf('new'),
        focus: [
          {
            resourceType: 'ServiceRequest',
            id: ctx.uuid(),
            status: 'active',
            intent: 'order',
            subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9000000009' } },
          },
        ],
      });
      return post(ctx, JSON.stringify(body), { 'x-request-id': ctx.uuid(), 'x-correlation-id': ctx.uuid() });
    },
  },
  'repeat-last-answer': {
    title: 'Send the last answer again',
    summary: 'The same message with the same ids: the requester has to notice that it knows it',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => {
      const last = await lastAnswer(ctx);
      return post(ctx, last.body, last.headers);
    },
  },
};
