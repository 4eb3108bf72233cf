import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { personActs } from './requester.ts';
import { unansweredStore } from './unanswered.ts';

/** Synchronous request/response: a provider that answers on the spot, and a requester that asks it. What answers, and what is there to ask about, is in `dialects/`. */
export const app: PatternApp = {
  handlers: {},
  acts: { requester: personActs },
  stores: [resourceStore, unansweredStore],
};
