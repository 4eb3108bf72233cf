/** The shapes of decisions in openapi/service.yaml, and what the guide has to offer for one to be made. */

export type Answer = 'yes' | 'no' | 'unsure';

export interface Context {
  readonly purpose?: 'direct-care' | 'secondary-use';
  readonly providerAlwaysAvailable?: boolean;
  readonly quickResponse?: boolean;
  readonly humanStep?: boolean;
  readonly batch?: boolean;
}

export interface DecisionRequest {
  readonly title: string;
  readonly solution?: string;
  readonly status: 'proposed' | 'accepted';
  readonly supersedes?: string;
  readonly answers: Readonly<Record<string, Answer>>;
  readonly context?: Context;
  /** Why each question was answered as it was, by question id. */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly decidedBy?: string;
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

export interface Warning {
  readonly id: string;
  readonly text: string;
  readonly basis: string;
  readonly pattern?: string;
}

export interface Alternative {
  readonly change: Readonly<Record<string, string>>;
  readonly title: string;
  readonly pattern?: string;
  readonly question?: string;
}

/** One of the guide's outcomes; one that was not chosen says which answer ruled it out. */
export interface Option {
  readonly pattern: string;
  readonly title: string;
  readonly chosen: boolean;
  readonly parted?: {
    readonly question: string;
    readonly text: string;
    readonly answered: string;
    readonly needed: string;
    readonly because: string;
  };
}

export interface Edition {
  readonly title: string;
  readonly chapter?: string;
  readonly edited?: string;
  readonly url?: string;
}

/** What the answers amount to, as far as a decision needs it. `question` is there while one is still to be answered. */
export interface Evaluation {
  readonly route: readonly RouteStep[];
  readonly warnings: readonly Warning[];
  readonly outcome?: Outcome | undefined;
  readonly alternatives?: readonly Alternative[];
  readonly question?: { readonly id: string } | undefined;
}

/** The guide, handed in: `src/decisions` knows no tree. `evaluate` throws BAD_REQUEST for answers that cannot be. */
export interface DecisionGuide {
  readonly edition: Edition;
  evaluate(answers: unknown, context: Context): Evaluation;
  options(answers: unknown): readonly Option[];
}

/** What is decided: a pure function of what was sent and of the guide that was in force, and never changed. */
export interface DecisionBody extends DecisionRequest {
  readonly route: readonly RouteStep[];
  readonly outcome: Outcome;
  readonly warnings: readonly Warning[];
  readonly alternatives: readonly Alternative[];
  readonly options: readonly Option[];
  readonly edition: Edition;
}

/** A body with what recording it added. */
export interface Decision extends Omit<DecisionBody, 'status'> {
  readonly id: string;
  readonly status: 'proposed' | 'accepted' | 'superseded';
  readonly supersededBy?: string;
  /** RFC 3339, on the real clock. */
  readonly recordedAt: string;
  /** Made from it; joined by whoever knows them. */
  readonly sandboxes?: readonly string[];
  readonly scaffolds?: readonly string[];
}
