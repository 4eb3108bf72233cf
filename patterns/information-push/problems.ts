import type { Problem } from '../../sandbox/problem.ts';

/** Nobody is known under that address: a push goes to known recipients, and nowhere else (PSH-01). */
export const UNKNOWN_RECIPIENT: Problem = {
  condition: 'unknown-recipient',
  status: 422,
  title: 'The recipient is not known',
  issue: 'not-found',
};
/** Refused, and never discarded in silence (PSH-13). */
export const UNKNOWN_EVENT: Problem = {
  condition: 'unknown-event',
  status: 422,
  title: 'This event is not taken here',
  issue: 'not-supported',
};
/** Q5 of the chapter: who needs a business acknowledgement has another pattern. */
export const WANTS_ANSWER: Problem = {
  condition: 'business-acknowledgement',
  status: 422,
  title: 'A business acknowledgement is asynchronous request/response',
  issue: 'business-rule',
};
