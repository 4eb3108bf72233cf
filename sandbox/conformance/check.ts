import type { FaultEffect } from '../dialect.ts';
import type { Evidence } from './evidence.ts';
import type { JournalEvidence } from './journal-evidence.ts';
import type { Level } from './requirement.ts';

/**
 * What a check says of the evidence. `skip`: the evidence does not show it either way ("not observed"), and `why` names
 * what would. `omit`: the rule does not apply to what was found. `error`: the check itself broke. `steps` are those of a
 * run, or the ids of the exchanges of a journal, that the judgement rests on.
 */
export type Judgement =
  | { readonly verdict: 'pass'; readonly steps?: readonly string[] }
  | { readonly verdict: 'fail'; readonly found: string; readonly steps: readonly string[] }
  | { readonly verdict: 'skip' | 'omit' | 'error'; readonly why: string; readonly steps?: readonly string[] };

export type Verdict = Judgement['verdict'];

interface Words {
  /** Requirement id in lower case and what is looked at: `rrs-02-etag`. */
  readonly id: string;
  readonly requirements: readonly string[];
  /** Where it differs from the requirement's level. */
  readonly level?: Level;
  readonly title: string;
  /** One sentence for whoever has to mend it; what was found follows it in the report. */
  readonly failure: string;
  /** Dialects it is for; all that its requirement binds when absent. */
  readonly dialects?: readonly string[];
}

/** Judges what a target did when it was driven. */
export interface TargetCheck extends Words {
  readonly reads?: 'target';
  /** Pure: the same evidence gives the same judgement. */
  readonly judge: (evidence: Evidence) => Judgement;
}

/** What makes a rule visible that a journal has not shown yet. */
export interface Stimulus {
  /** For a person: "Switch on the fault and let your system send again." */
  readonly todo: string;
  /** The fault that a sandbox can switch on for it; whose replies it spoils is whoever answers the participant when it says nothing. */
  readonly fault?: {
    readonly participant?: string;
    readonly operation?: string;
    readonly times?: number;
    readonly match?: string;
    readonly effect: FaultEffect;
  };
}

/** Judges what an external participant did in a sandbox. */
export interface JournalCheck extends Words {
  readonly reads: 'journal';
  /** The participants that it judges; whoever starts something when absent. */
  readonly participants?: readonly string[];
  /** Follows every `skip` in the report. */
  readonly stimulus: Stimulus;
  /** Pure: the same evidence gives the same judgement. */
  readonly judge: (evidence: JournalEvidence) => Judgement;
}

export type Check = TargetCheck | JournalCheck;

export const readsJournal = (check: Check): check is JournalCheck => check.reads === 'journal';
export const readsTarget = (check: Check): check is TargetCheck => check.reads !== 'journal';

export const pass: Judgement = { verdict: 'pass' };
export const passOn = (...steps: readonly string[]): Judgement => ({ verdict: 'pass', steps });
export const fail = (found: string, ...steps: readonly string[]): Judgement => ({ verdict: 'fail', found, steps });
export const skip = (why: string, ...steps: readonly string[]): Judgement => ({ verdict: 'skip', why, steps });
export const omit = (why: string): Judgement => ({ verdict: 'omit', why });

/** The first judgement that is not a pass, a failure before anything else; `pass` when all are. */
export const all = (judgements: readonly Judgement[]): Judgement =>
  judgements.find(({ verdict }) => verdict === 'fail') ?? judgements.find(({ verdict }) => verdict !== 'pass') ?? pass;

/** A failure if there is one; else a pass if anything passed; else the first reason why nothing could be said. */
export const any = (judgements: readonly Judgement[]): Judgement =>
  judgements.find(({ verdict }) => verdict === 'fail') ??
  judgements.find(({ verdict }) => verdict === 'pass') ??
  judgements[0] ??
  skip('nothing was observed');
