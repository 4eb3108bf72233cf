import type { Problem } from '../../sandbox/problem.ts';

/** A channel, filter, topic or payload that is not served here: said when it is asked for, and not by silence. */
export const UNSUPPORTED_SUBSCRIPTION: Problem = {
  condition: 'unsupported-subscription',
  status: 422,
  title: 'Such a subscription is not offered here',
  issue: 'not-supported',
};
