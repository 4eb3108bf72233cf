import { hl7v2 } from '../../../sandbox/hl7v2/part.ts';
import type { Handler } from '../../../sandbox/pattern.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { cancelAsync, readAsyncStatus } from '../async-status.ts';
import { endpoint } from '../endpoint.ts';
import { peopleToRefer, slotsToBook } from '../examples.ts';
import { HL7_DIALECTS, hl7ProviderActs, hl7RequesterActs } from '../hl7-acts.ts';
import { hl7Decided } from '../hl7-answers.ts';
import { hl7Provider } from '../hl7-provider.ts';
import { hl7Requester } from '../hl7-requester.ts';
import { transmitHl7 } from '../hl7-transmit.ts';
import { processMessage } from '../process-message.ts';
import { bookingActs } from '../requester-booking.ts';
import { keepAsyncCreate, statusActs } from '../requester-status.ts';
import { sendsAgain } from '../requester-timers.ts';
import { background, createdLater, inBackground } from '../respond-async.ts';
import { transmit } from '../transmit.ts';
import { ways } from '../ways.ts';

const mllp = hl7v2({ provider: hl7Provider, requester: hl7Requester }, HL7_DIALECTS);

/** Reads that may be put off; everything else is answered at once, as RFC 7240 lets a server do. */
const PUT_OFF = ['readResource', 'searchType', 'searchTypePost', 'historyInstance', 'historyType', 'historySystem'];

const putOff: Readonly<Record<string, Handler>> = Object.fromEntries(
  PUT_OFF.flatMap((id) => {
    const handler = endpoint.handlers[id];
    return handler === undefined ? [] : [[id, inBackground(handler)]];
  }),
);
const { createResource } = endpoint.handlers;

/** Messages, a status address (FHIR R4 async.html), and HL7 v2 in enhanced mode. */
export const part: PatternPart = {
  handlers: {
    ...endpoint.handlers,
    ...putOff,
    ...(createResource === undefined ? {} : { createResource: createdLater(createResource) }),
    processMessage,
    readAsyncStatus,
    cancelAsync,
  },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, 'hl7-decided': hl7Decided, background: background(endpoint.handlers) },
  timers: {
    'send-again': sendsAgain((ctx, request, tries) =>
      (request.way === 'mllp' ? transmitHl7 : transmit)(ctx, request, tries),
    ),
  },
  acts: { requester: { ...statusActs, ...bookingActs, ...hl7RequesterActs }, provider: hl7ProviderActs },
  ways: ways.own({ keepAtStatus: keepAsyncCreate }),
  examples: async () => [...peopleToRefer(), ...slotsToBook()],
};
