import { parse } from 'yaml';
import { type Check, type Judgement, readsJournal, type Verdict } from './check.ts';
import { evidenceOf, type Step } from './evidence-of.ts';
import { journalEvidenceOf, type Seen } from './journal-evidence-of.ts';
import type { Profile } from './profile.ts';

/** One row of a `test/checks.yaml`, whose keys are the ids of checks: evidence, and what the check has to say of it. */
export interface CheckCase {
  readonly id: string;
  readonly what: string;
  readonly dialect: string;
  readonly verdict: Verdict;
  /** Part of what is found, or of why nothing can be said. */
  readonly message?: string;
  /** The steps or exchanges that the judgement names. */
  readonly behind?: readonly string[];
  /** For a check of a target: what it was asked and answered, and what came to the run's listeners. */
  readonly steps?: Readonly<Record<string, Step>>;
  readonly received?: Readonly<Record<string, Step>>;
  readonly profile?: Partial<Profile>;
  /** For a check of a journal: who is judged (`requester` when absent), and what it did. */
  readonly participant?: string;
  readonly exchanges?: Readonly<Record<string, Seen>>;
  /** When it is judged, in milliseconds on the sandbox clock. */
  readonly now?: number;
}

export const checkCases = (yaml: string): readonly CheckCase[] => {
  // Written beside the checks that it is about, and read by their tests alone.
  const table: Readonly<Record<string, readonly Omit<CheckCase, 'id'>[]>> = parse(yaml, { merge: true });
  return Object.entries(table).flatMap(([id, cases]) => cases.map((one) => ({ id, ...one })));
};

/** What was found, or why nothing can be said. */
export const wordsOf = (judgement: Judgement): string =>
  judgement.verdict === 'pass' ? '' : judgement.verdict === 'fail' ? judgement.found : judgement.why;

/** What the check says of the evidence of a case. */
export const judgeCase = (checks: readonly Check[], of: CheckCase): Judgement => {
  const check = checks.find(({ id }) => id === of.id);
  if (check === undefined) throw new Error(`There is no check ${of.id}`);
  return readsJournal(check)
    ? check.judge(journalEvidenceOf(of.dialect, of.participant ?? 'requester', of.exchanges ?? {}, of.now))
    : check.judge(evidenceOf(of.dialect, of.steps ?? {}, of.profile, of.received));
};

/** The ids of checks that no case shows to pass and to fail, or, where they read a journal, to have seen nothing. */
export const notShown = (checks: readonly Check[], cases: readonly CheckCase[]): readonly string[] => {
  const shown = (id: string, verdict: Verdict) => cases.some((one) => one.id === id && one.verdict === verdict);
  return checks
    .filter((check) => {
      const wanted: readonly Verdict[] = readsJournal(check) ? ['pass', 'fail', 'skip'] : ['pass', 'fail'];
      return wanted.some((verdict) => !shown(check.id, verdict));
    })
    .map(({ id }) => id);
};

/**
 * Cases whose judgement names nothing that it rests on, so that a report could not show it: every failure does, and what passes in
 * a journal. What passes where a target is driven rests on what the check looked into.
 */
export const restsOnNothing = (checks: readonly Check[], cases: readonly CheckCase[]): readonly CheckCase[] =>
  cases.filter((one) => {
    const { verdict, steps = [] } = judgeCase(checks, one);
    const inJournal = checks.some((check) => check.id === one.id && readsJournal(check));
    return steps.length === 0 && (verdict === 'fail' || (verdict === 'pass' && inJournal));
  });
