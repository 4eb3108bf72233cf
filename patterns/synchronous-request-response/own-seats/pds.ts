import type { OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { change, known, provider } from '../judged-over-http.ts';

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: { ...provider, profile: (_target, sandbox) => known(sandbox) },
  watched: [{ participants: ['requester'], play: change }],
};
