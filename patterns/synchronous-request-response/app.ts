import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/write.ts';
import { examplesOf } from './examples.ts';
import { personActs } from './requester.ts';
import { unansweredStore } from './unanswered.ts';

/** Synchronous request/response: a provider that answers on the spot, and a requester that asks it. What answers is in `dialects/`. */
export const app: PatternApp = {
  handlers: {},
  acts: { requester: personActs },
  stores: [resourceStore, unansweredStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeopleAndDiaries(ctx, options);
  },
  examples: examplesOf,
};
