import { checkHl7Target, type Hl7RunOptions, hl7Rules, isMllp, runHl7Conformance } from './hl7-run.ts';
import type { Report } from './report.ts';
import { type Conformance, checkNamedTargets, checkTargets, type RunOptions, runConformance } from './run.ts';

/** What a target is judged by: HL7 v2's own rules where it is one of MLLP, else the pattern's. */
export const rulesFor = async (
  target: string,
  own: Conformance,
): Promise<Pick<Conformance, 'requirements' | 'checks'>> => (isMllp(target) ? hl7Rules() : own);

/** Throws a UsageError where the target may not be driven. */
export const checkTarget = (options: Pick<RunOptions, 'target' | 'profile' | 'allowLive'>): void => {
  const { target, profile, allowLive = false } = options;
  if (isMllp(target)) {
    checkHl7Target(target, allowLive);
    checkNamedTargets(profile, allowLive);
  } else checkTargets(options);
};

/** Drives a target over HTTP or MLLP and judges it. Throws UsageError or UnreachableError; everything else is in the report. */
export const runTarget = (own: Conformance, options: Hl7RunOptions): Promise<Report> =>
  isMllp(options.target) ? runHl7Conformance(options) : runConformance(own, options);
