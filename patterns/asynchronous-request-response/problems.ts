import type { Problem } from '../../sandbox/problem.ts';

/** Processed already; BaRS keeps 409 with issue `duplicate` for this alone (Core, transactional integrity). */
export const DUPLICATE_MESSAGE: Problem = {
  condition: 'duplicate-message',
  status: 409,
  title: 'The message has been processed already',
  issue: 'duplicate',
};
export const UNKNOWN_EVENT: Problem = {
  condition: 'unknown-event',
  status: 422,
  title: 'This event is not taken here',
  issue: 'not-supported',
};
/** An answer to nothing that is open. It is set aside, and never guessed to belong somewhere. */
export const UNCORRELATED: Problem = {
  condition: 'uncorrelated',
  status: 422,
  title: 'The message answers no open request',
  issue: 'not-found',
};
