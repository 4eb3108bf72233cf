import type { TargetCheck } from '../../sandbox/conformance/check.ts';

/** A check whose id begins with that of its requirement. */
export const check = (
  id: string,
  title: string,
  failure: string,
  judge: TargetCheck['judge'],
  more: Partial<TargetCheck> = {},
): TargetCheck => ({ id, requirements: [id.slice(0, 6).toUpperCase()], title, failure, judge, ...more });
