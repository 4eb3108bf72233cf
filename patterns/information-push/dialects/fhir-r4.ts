import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { notMailed } from '../not-mailed.ts';
import { exchangeActs } from '../stray.ts';

/** Whatever is not mailed; and an exchange that brings what it should not. */
export const part: PatternPart = { ...notMailed, acts: { ...notMailed.acts, broker: exchangeActs } };
