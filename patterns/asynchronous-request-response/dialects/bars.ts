import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { barsHandlers } from '../bars.ts';
import { endpoint } from '../endpoint.ts';
import { peopleToRefer, slotsToBook } from '../examples.ts';
import { processMessage } from '../process-message.ts';
import { sendsAgain } from '../requester-timers.ts';
import { transmit } from '../transmit.ts';

const { capabilities } = endpoint.handlers;

/** Messages, and what BaRS reads and searches at paths of its own. */
export const part: PatternPart = {
  handlers: { ...barsHandlers(endpoint.handlers), ...(capabilities && { capabilities }), processMessage },
  timers: { 'send-again': sendsAgain(transmit) },
  examples: async () => [...peopleToRefer(), ...slotsToBook()],
};
