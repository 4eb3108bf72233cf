import {
  type Check,
  type Judgement,
  readsJournal,
  readsTarget,
  type Stimulus,
  type TargetCheck,
  type Verdict,
} from './check.ts';
import type { Evidence } from './evidence.ts';
import type { JournalEvidence } from './journal-evidence.ts';
import { lookedInto } from './looked-into.ts';
import { type Level, levelIn, notTestedAs, type Requirement, type Role } from './requirement.ts';
import type { Waived } from './waivers.ts';

/** What one check said. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly level: Level;
  readonly verdict: Verdict;
  /** What was found and why it is wrong, or why nothing could be said; empty for a pass. */
  readonly message: string;
  /** The steps, or the ids of a journal's exchanges, that it rests on. */
  readonly steps: readonly string[];
  /** What would make it observable in a sandbox, where it was not. */
  readonly stimulus?: Stimulus;
  /** Why its failure may stand for now, and until when. */
  readonly waived?: Waived;
}

export interface RequirementResult {
  readonly id: string;
  readonly level: Level;
  /** Whom it binds. */
  readonly role: Role;
  readonly statement: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** Why no check looked at it. */
  readonly why?: string;
  /** Where all that fails of it is waived. */
  readonly waived?: Waived;
}

const ORDER: readonly Verdict[] = ['fail', 'error', 'pass', 'skip', 'omit'];

/** Several checks of one requirement: a failure outweighs all, something that passed outweighs what was not seen. */
const together = (verdicts: readonly Verdict[]): Verdict =>
  ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'skip';

/** A check with the evidence that it reads. */
interface Bound {
  readonly check: Check;
  readonly judge: () => Judgement;
  readonly stimulus?: Stimulus;
}

const run = ({ judge }: Bound): Judgement => {
  try {
    return judge();
  } catch (error) {
    return {
      verdict: 'error',
      why: `the check itself broke: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const messageOf = ({ check, stimulus }: Bound, judgement: Judgement): string => {
  if (judgement.verdict === 'pass') return '';
  if (judgement.verdict === 'fail') return `${check.failure} ${judgement.found}`;
  return judgement.verdict === 'skip' && stimulus !== undefined
    ? `not observed: ${sentence(judgement.why)} ${stimulus.todo}`
    : judgement.why;
};

const result = (bound: Bound, level: Level): CheckResult => {
  const { check, stimulus } = bound;
  const judgement = run(bound);
  const { verdict } = judgement;
  return {
    check: check.id,
    title: check.title,
    level: check.level ?? level,
    verdict,
    message: messageOf(bound, judgement),
    steps: judgement.steps ?? [],
    ...(verdict === 'skip' && stimulus !== undefined ? { stimulus } : {}),
  };
};

const judgeAll = (
  requirements: readonly Requirement[],
  dialect: string,
  bound: readonly Bound[],
  without: (requirement: Requirement) => string,
): readonly RequirementResult[] =>
  requirements.flatMap((requirement) => {
    const level = levelIn(requirement, dialect);
    if (level === undefined) return [];
    const { id, role, statement, source } = requirement;
    const own = bound.filter(
      ({ check }) => check.requirements.includes(id) && (check.dialects?.includes(dialect) ?? true),
    );
    if (own.length === 0)
      return [{ id, level, role, statement, source, verdict: 'omit' as const, checks: [], why: without(requirement) }];
    const results = own.map((one) => result(one, level));
    return [
      { id, level, role, statement, source, verdict: together(results.map(({ verdict }) => verdict)), checks: results },
    ];
  });

const inJournal = (checks: readonly Check[], { id }: Requirement): boolean =>
  checks.some((check) => readsJournal(check) && check.requirements.includes(id));

/** A check that passes need not say what it passed on: that is what it looked into. */
const judgeTarget = (check: TargetCheck, evidence: Evidence): Judgement => {
  const looked = lookedInto(evidence);
  const judgement = check.judge(looked.evidence);
  return judgement.verdict === 'pass' && judgement.steps === undefined
    ? { ...judgement, steps: [...looked.seen] }
    : judgement;
};

/** Judges a target by what it did when it was driven: every requirement that binds the dialect. Pure. */
export const judge = (
  requirements: readonly Requirement[],
  checks: readonly Check[],
  evidence: Evidence,
): readonly RequirementResult[] => {
  const bound = checks.filter(readsTarget).map((check) => ({ check, judge: () => judgeTarget(check, evidence) }));
  return judgeAll(requirements, evidence.dialect, bound, (requirement) => {
    if (inJournal(checks, requirement)) return 'it is judged by what a system does in a sandbox, not by driving it';
    const side = requirement.role === 'initiator' ? 'initiator' : 'responder';
    return notTestedAs(requirement, side) ?? `no check for the dialect ${evidence.dialect}`;
  });
};

/** Judges a participant by what a sandbox's journal has of it: every requirement that binds the dialect. Pure. */
export const judgeJournal = (
  requirements: readonly Requirement[],
  checks: readonly Check[],
  evidence: JournalEvidence,
): readonly RequirementResult[] => {
  const { dialect, participant } = evidence;
  const bound = checks
    .filter(readsJournal)
    .filter(({ participants }) => participants?.includes(participant) ?? true)
    .map((check) => ({ check, judge: () => check.judge(evidence), stimulus: check.stimulus }));
  return judgeAll(requirements, dialect, bound, (requirement) => {
    if (inJournal(checks, requirement)) return `no check for the ${participant} in the dialect ${dialect}`;
    if (requirement.role === 'responder')
      return 'it binds the responder, who is judged by being driven (conform --target)';
    return notTestedAs(requirement, 'initiator') ?? `no check for the dialect ${dialect}`;
  });
};
