import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { type Condition, weightOf } from './condition.ts';

/**
 * Look-ups in one search, and pairs of them: whichever condition is read first, each of its look-ups is written with all of
 * the others, so twenty parameters of fifty values would be a statement of gigabytes.
 */
const LOOKUPS_MAX = 400;
const PAIRS_MAX = 3000;

/** Throws INVALID_PARAMETER where the conditions would make too long a statement. */
export const checkEffort = (conditions: readonly Condition[]): void => {
  const weights = conditions.map(weightOf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= LOOKUPS_MAX && weights.every((weight) => weight * (total - weight) <= PAIRS_MAX)) return;
  throw problem(
    INVALID_PARAMETER,
    `The parameters name too many values together (${total} look-ups); ask for them in several searches`,
  );
};
