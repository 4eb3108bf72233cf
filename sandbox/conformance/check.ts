import type { Evidence } from './evidence.ts';
import type { Level } from './requirement.ts';

/**
 * What a check says of the evidence. `skip`: the evidence does not show it either way ("not observed"), and `why` names
 * what would. `omit`: the rule does not apply to what was found. `error`: the check itself broke.
 */
export type Judgement =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'fail'; readonly found: string; readonly steps: readonly string[] }
  | { readonly verdict: 'skip' | 'omit' | 'error'; readonly why: string };

export type Verdict = Judgement['verdict'];

export interface Check {
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
  /** Pure: the same evidence gives the same judgement. */
  readonly judge: (evidence: Evidence) => Judgement;
}

export const pass: Judgement = { verdict: 'pass' };
export const fail = (found: string, ...steps: readonly string[]): Judgement => ({ verdict: 'fail', found, steps });
export const skip = (why: string): Judgement => ({ verdict: 'skip', why });
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
