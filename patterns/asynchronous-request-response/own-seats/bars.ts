import type { OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { ask, provider } from '../judged-over-http.ts';

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: provider({ 'NHSD-Target-Identifier': 'e30=' }),
  watched: [{ participants: ['requester'], play: ask }],
};
