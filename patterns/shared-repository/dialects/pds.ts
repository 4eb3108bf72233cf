import { requestStore } from '../../../sandbox/dialects/pds-requests.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';

/** People alone, by the dialect's own handlers; beside them it keeps the requests that it has answered. */
export const part: PatternPart = { stores: [requestStore] };
