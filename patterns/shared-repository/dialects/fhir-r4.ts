import { fhir } from '../../../sandbox/fhir/endpoint.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { writingActs } from '../contributor.ts';
import { examplesFor } from '../examples.ts';
import { seedExample, seedPeople } from '../seed-records.ts';
import { type SharedWays, ways } from '../ways.ts';

const own: Partial<SharedWays> = { ofCouncil: ['CarePlan.RS'] };

/** Every interaction of FHIR, on every type. */
export const part: PatternPart = {
  handlers: fhir().handlers,
  acts: { contributor: writingActs, 'other-contributor': writingActs },
  seed: async (ctx, options) => {
    if (ctx.participant.name !== 'repository') return;
    await seedPeople(ctx, options);
    await seedExample(ctx);
  },
  examples: examplesFor(own),
  ways: ways.own(own),
};
