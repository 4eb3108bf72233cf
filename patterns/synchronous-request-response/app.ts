import { keepSlots } from '../../sandbox/booking.ts';
import { requestStore } from '../../sandbox/dialects/pds-requests.ts';
import { fhir } from '../../sandbox/fhir/endpoint.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/write.ts';
import { examplesOf } from './examples.ts';
import { mllp } from './hl7-provider.ts';
import { hl7Acts } from './hl7-requester.ts';
import { personActs } from './requester.ts';
import { bookingActs } from './requester-booking.ts';
import { unansweredStore } from './unanswered.ts';

const endpoint = fhir({ beforeWrite: keepSlots });

/** Synchronous request/response: a provider that answers on the spot, and a requester that asks it. */
export const app: PatternApp = {
  handlers: endpoint.handlers,
  hl7v2: mllp,
  acts: { requester: { ...personActs, ...bookingActs, ...hl7Acts } },
  stores: [...endpoint.stores, requestStore, unansweredStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeopleAndDiaries(ctx, options);
  },
  examples: examplesOf,
};
