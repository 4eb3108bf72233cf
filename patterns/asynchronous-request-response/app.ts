import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/people-and-diaries.ts';
import { clinicianDecides } from './clinician-timer.ts';
import { providerActs } from './provider.ts';
import { requesterActs } from './requester.ts';
import { requesterTimers } from './requester-timers.ts';
import { respond } from './respond.ts';
import { conversationStore } from './tables.ts';
import { worklist } from './worklist.ts';

/**
 * Asynchronous request/response: acknowledged at once, decided by a person, answered in a message or at a status address. Here is
 * what it has however it is spoken; `dialects/` has the ways in which a request comes and is answered.
 */
export const app: PatternApp = {
  handlers: {},
  consumers: { respond },
  timers: { clinician: clinicianDecides, ...requesterTimers },
  acts: { requester: requesterActs, provider: providerActs },
  worklists: { provider: worklist },
  stores: [resourceStore, conversationStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeopleAndDiaries(ctx, options);
  },
};
