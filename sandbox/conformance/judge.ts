import type { Check, Judgement, Verdict } from './check.ts';
import type { Evidence } from './evidence.ts';
import { type Level, levelIn, type Requirement } from './requirement.ts';

/** What one check said. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly level: Level;
  readonly verdict: Verdict;
  /** What was found and why it is wrong, or why nothing could be said; empty for a pass. */
  readonly message: string;
  /** The steps whose exchanges it rests on. */
  readonly steps: readonly string[];
}

export interface RequirementResult {
  readonly id: string;
  readonly level: Level;
  readonly statement: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** Why no check looked at it. */
  readonly why?: string;
}

const ORDER: readonly Verdict[] = ['fail', 'error', 'pass', 'skip', 'omit'];

/** Several checks of one requirement: a failure outweighs all, something that passed outweighs what was not seen. */
const together = (verdicts: readonly Verdict[]): Verdict =>
  ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'skip';

const run = (check: Check, evidence: Evidence): Judgement => {
  try {
    return check.judge(evidence);
  } catch (error) {
    return {
      verdict: 'error',
      why: `the check itself broke: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
};

const result = (check: Check, level: Level, evidence: Evidence): CheckResult => {
  const judgement = run(check, evidence);
  const message =
    judgement.verdict === 'pass'
      ? ''
      : judgement.verdict === 'fail'
        ? `${check.failure} ${judgement.found}`
        : judgement.why;
  const steps = judgement.verdict === 'fail' ? judgement.steps : [];
  return {
    check: check.id,
    title: check.title,
    level: check.level ?? level,
    verdict: judgement.verdict,
    message,
    steps,
  };
};

/** Judges every requirement that binds the dialect. Pure. */
export const judge = (
  requirements: readonly Requirement[],
  checks: readonly Check[],
  evidence: Evidence,
): readonly RequirementResult[] =>
  requirements.flatMap((requirement) => {
    const level = levelIn(requirement, evidence.dialect);
    if (level === undefined) return [];
    const { id, statement, source } = requirement;
    const own = checks.filter(
      (check) => check.requirements.includes(id) && (check.dialects?.includes(evidence.dialect) ?? true),
    );
    if (own.length === 0) {
      const why = requirement.notTested ?? `no check for the dialect ${evidence.dialect}`;
      return [{ id, level, statement, source, verdict: 'omit' as const, checks: [], why }];
    }
    const results = own.map((check) => result(check, level, evidence));
    return [
      { id, level, statement, source, verdict: together(results.map(({ verdict }) => verdict)), checks: results },
    ];
  });
