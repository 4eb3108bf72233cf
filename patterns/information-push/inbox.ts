import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { readMessage } from '../../sandbox/fhir/message.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
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
