/** The decision tree as data: what `patterns/decision-tree.yaml` and an organisation's own tree files hold. */

/** `chapter`: the tree's source (its `edition`) says so. `inference`: our reading of it, and labelled wherever it is shown. */
export type Basis = 'chapter' | 'inference';

export type Choice = 'yes' | 'no';
export const CHOICES: readonly Choice[] = ['yes', 'no'];

/** One statement. The id is unique in its list, so that `questions/Q1/help/q1-trigger` names it. */
export interface Item {
  readonly id: string;
  readonly text: string;
  readonly basis: Basis;
}

/** Where an answer leads: to exactly one of a question and a pattern. */
export interface Transition {
  readonly basis: Basis;
  readonly label: string;
  /** Why, in a sentence: the reasons of an outcome are those of the answers that led to it. */
  readonly because: string;
  readonly question?: string;
  readonly pattern?: string;
  readonly examples: readonly Item[];
}

export interface TreeQuestion {
  readonly id: string;
  readonly basis: Basis;
  readonly text: string;
  /** A few words for the drawing. */
  readonly short: string;
  readonly help: readonly Item[];
  readonly answers: Readonly<Record<Choice, Transition>>;
  readonly considerations: readonly Item[];
}

/** The circumstances. They never change an outcome; they add warnings. */
export interface Context {
  readonly purpose?: 'direct-care' | 'secondary-use';
  readonly providerAlwaysAvailable?: boolean;
  readonly quickResponse?: boolean;
  /** A person has to act before the request is really done. */
  readonly humanStep?: boolean;
  readonly batch?: boolean;
}

/** Warns when all of `when` holds; `outcome` lists the outcomes it concerns, every one when absent. */
export interface WarningRule extends Item {
  readonly when: Context & { readonly outcome?: readonly string[] };
  /** The pattern to consider. */
  readonly pattern?: string;
}

export interface Edition {
  readonly title: string;
  readonly chapter?: string;
  readonly edited?: string;
  readonly url?: string;
}

/** A tree that has been checked: total, acyclic, every question reachable, every outcome named. */
export interface Tree {
  readonly title: string;
  readonly edition: Edition;
  readonly introduction: readonly Item[];
  readonly scope?: Item;
  readonly benefits: readonly Item[];
  readonly guidelines: readonly Item[];
  readonly needs: { readonly clinicians: readonly Item[]; readonly citizens: readonly Item[] };
  readonly considerations: { readonly business: readonly Item[]; readonly technical: readonly Item[] };
  readonly start: string;
  readonly questions: readonly TreeQuestion[];
  readonly outcomes: readonly { readonly pattern: string; readonly title: string }[];
  readonly warnings: readonly WarningRule[];
}
