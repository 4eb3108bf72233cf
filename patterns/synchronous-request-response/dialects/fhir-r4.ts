import { keepSlots } from '../../../sandbox/booking.ts';
import { fhir } from '../../../sandbox/fhir/endpoint.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { EXAMPLE_SLOTS } from '../../../sandbox/seed/diary.ts';
import { seedPeopleAndDiaries } from '../../../sandbox/seed/people-and-diaries.ts';
import { peopleToAskAbout } from '../examples.ts';
import { mllp } from '../hl7-provider.ts';
import { hl7Acts } from '../hl7-requester.ts';
import { bookingActs } from '../requester-booking.ts';

const slots = EXAMPLE_SLOTS.map((value) => ({ title: 'A free Slot', value, note: 'Until somebody books it' }));

/** Every interaction of FHIR, appointments, and queries by HL7 v2. */
export const part: PatternPart = {
  handlers: fhir({ beforeWrite: keepSlots }).handlers,
  hl7v2: mllp,
  acts: { requester: { ...bookingActs, ...hl7Acts } },
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'provider') await seedPeopleAndDiaries(ctx, options);
  },
  examples: peopleToAskAbout(slots),
};
