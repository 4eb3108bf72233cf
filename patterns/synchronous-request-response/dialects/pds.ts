import { requestStore } from '../../../sandbox/dialects/pds-requests.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { seedPeople } from '../../../sandbox/seed/write.ts';
import { peopleToAskAbout } from '../examples.ts';
import { personAt, ways } from '../ways.ts';

/** People alone, by the dialect's own handlers; beside them it keeps the requests that it has answered. */
export const part: PatternPart = {
  stores: [requestStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeople(ctx, options);
  },
  examples: peopleToAskAbout([{ title: 'A wrong check digit', value: '9000000000', note: 'Answers 400' }]),
  ways: ways.own({
    patchBody: (patches) => ({ patches }),
    relatedTo: (patient) => `${personAt(patient)}/RelatedPerson`,
  }),
};
