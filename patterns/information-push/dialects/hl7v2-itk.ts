import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { notMailed } from '../not-mailed.ts';

/** HL7 v2 as the ITK has it; and what is not mailed beside it, as anywhere. */
export const part: PatternPart = notMailed;
