import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { barsHandlers } from '../bars.ts';
import { endpoint } from '../endpoint.ts';
import { peopleToRefer, slotsToBook } from '../examples.ts';
import { processMessage } from '../process-message.ts';
import { bookingActs } from '../requester-booking.ts';
import { sendsAgain } from '../requester-timers.ts';
import { transmit } from '../transmit.ts';
import { ways } from '../ways.ts';

/** NHSD-Target-Identifier: base64 of the service that is meant. */
const target = Buffer.from(
  JSON.stringify({ system: 'https://fhir.nhs.uk/id/dos-service-id', value: '2000099999' }),
).toString('base64');

const { capabilities } = endpoint.handlers;

/** Messages, and what BaRS reads and searches at paths of its own. */
export const part: PatternPart = {
  handlers: { ...barsHandlers(endpoint.handlers), ...(capabilities && { capabilities }), processMessage },
  timers: { 'send-again': sendsAgain(transmit) },
  acts: { requester: bookingActs },
  ways: ways.own({
    namedBy: 'bundle',
    asksForAsync: false,
    acknowledgesInWords: true,
    keepsCorrelation: true,
    headers: { 'nhsd-target-identifier': target },
  }),
  examples: async () => [...peopleToRefer(), ...slotsToBook()],
};
