import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { readMessage } from '../../sandbox/fhir/message.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Act, Consumer, Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { listReceived } from './received.ts';
import { takeIn } from './take-in.ts';

/** What comes by queue: the same FHIR message, handled once however often it is delivered. */
export const inbox: Consumer = {
  participant: 'recipient',
  outside: true,
  lesson: {},
  retry: { attempts: 10, first: 'PT1M', factor: 2, max: 'PT3H' },
  handle: async (message, ctx) => {
    try {
      await takeIn(ctx, readMessage(ctx, jsonFormat.parse(message.body)), 'queue');
    } catch (error) {
      if (error instanceof ProblemError) throw new Undeliverable(error.faults[0]?.detail ?? error.message);
      throw error;
    }
  },
};

const listing = async (_input: Readonly<Record<string, unknown>>, ctx: Ctx) => ({
  received: (await listReceived(ctx, ctx.sql)).map(({ at, ...one }) => ({ ...one, at: new Date(at).toISOString() })),
});

/** What a recipient can be asked. */
export const recipientActs: Readonly<Record<string, Act>> = {
  'list-received': {
    title: 'List what was received',
    summary: 'Newest first, with how often each came; each had its effect once',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: listing,
  },
};
