import type { Basis, Choice, Context, Edition } from './tree.ts';

/** The shapes that openapi/service.yaml gives to what the guide says. */

export type Answer = Choice | 'unsure';
export type Answers = Readonly<Record<string, Answer>>;
export type { Context };

export interface Note {
  readonly text: string;
  readonly basis: Basis;
}

export interface Question {
  readonly id: string;
  readonly text: string;
  /** A few words for a drawing. */
  readonly short: string;
  readonly help: readonly string[];
  readonly answers: Readonly<
    Record<
      Choice,
      {
        readonly label: string;
        readonly question?: string;
        readonly pattern?: string;
        readonly examples: readonly Note[];
      }
    >
  >;
  readonly considerations: readonly Note[];
}

export interface RouteStep {
  readonly question: string;
  readonly answer: Answer;
  readonly text: string;
  readonly label: string;
}

export interface Outcome {
  readonly pattern: string;
  readonly title: string;
  readonly because: readonly string[];
}

export interface Warning extends Note {
  readonly id: string;
  /** The pattern to consider. */
  readonly pattern?: string;
}

/** What would have come of the other answer to one question: a pattern, or the question that would be asked next. */
export interface Alternative {
  readonly change: Readonly<Record<string, Choice>>;
  /** Of the pattern, or the text of the question. */
  readonly title: string;
  readonly pattern?: string;
  readonly question?: string;
}

/** An `unsure` question whose answer would narrow the outcomes, and the patterns that each answer would leave. */
export interface Settle {
  readonly question: string;
  readonly text: string;
  readonly leads: Readonly<Record<Choice, readonly string[]>>;
}

interface Walked {
  readonly route: readonly RouteStep[];
  readonly warnings: readonly Warning[];
}

/** Exactly one of `question`, `outcome` and `outcomes` is there. */
export type Evaluation = Walked &
  (
    | { readonly question: Question; readonly outcome?: never; readonly outcomes?: never }
    | {
        readonly outcome: Outcome;
        readonly alternatives: readonly Alternative[];
        readonly question?: never;
        readonly outcomes?: never;
      }
    | {
        readonly outcomes: readonly Outcome[];
        readonly settle: readonly Settle[];
        readonly question?: never;
        readonly outcome?: never;
      }
  );

export interface Guide {
  readonly title: string;
  readonly edition: Edition;
  readonly introduction: readonly string[];
  readonly scope?: string;
  readonly start: string;
  readonly questions: readonly Question[];
  readonly outcomes: readonly { readonly pattern: string; readonly title: string }[];
  readonly benefits: readonly string[];
  readonly guidelines: readonly (Note & { readonly id: string })[];
  readonly needs: { readonly clinicians: readonly string[]; readonly citizens: readonly string[] };
  readonly considerations: { readonly business: readonly string[]; readonly technical: readonly string[] };
}
