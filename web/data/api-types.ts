/** The shapes of openapi/service.yaml that the pages read. */
export type Answer = 'yes' | 'no' | 'unsure';
export type Answers = Readonly<Record<string, Answer>>;

export interface Context {
  readonly purpose?: 'direct-care' | 'secondary-use';
  readonly providerAlwaysAvailable?: boolean;
  readonly quickResponse?: boolean;
  readonly humanStep?: boolean;
  readonly batch?: boolean;
}

export interface Remark {
  readonly text: string;
  readonly basis?: string;
}

export interface Branch {
  readonly label: string;
  readonly question?: string;
  readonly pattern?: string;
  readonly examples?: readonly Remark[];
}

export interface Question {
  readonly id: string;
  readonly text: string;
  /** A few words for a drawing; the id alone is shown where a tree has none. */
  readonly short?: string;
  readonly help?: readonly string[];
  readonly answers: Readonly<Record<string, Branch>>;
  readonly considerations?: readonly Remark[];
}

export interface Guide {
  readonly title: string;
  readonly edition: {
    readonly title?: string;
    readonly chapter?: string;
    readonly edited?: string;
    readonly url?: string;
  };
  readonly introduction?: readonly string[];
  readonly scope?: string;
  readonly start: string;
  readonly questions: readonly Question[];
  readonly outcomes: readonly { readonly pattern: string; readonly title: string }[];
  readonly benefits?: readonly string[];
  readonly guidelines?: readonly { readonly id?: string; readonly text?: string; readonly basis?: string }[];
  readonly needs?: { readonly clinicians?: readonly string[]; readonly citizens?: readonly string[] };
  readonly considerations?: { readonly business?: readonly string[]; readonly technical?: readonly string[] };
}

export interface RouteStep {
  readonly question: string;
  readonly answer: Answer;
  readonly text?: string;
  readonly label?: string;
}

export interface Outcome {
  readonly pattern: string;
  readonly title: string;
  readonly because: readonly string[];
}

export interface Warning {
  readonly id: string;
  readonly text: string;
  readonly basis?: string;
  readonly pattern?: string;
}

export interface Alternative {
  readonly change: Answers;
  readonly pattern?: string;
  readonly title?: string;
  readonly question?: string;
}

export interface Settle {
  readonly question: string;
  readonly text?: string;
  readonly leads: Readonly<Record<string, readonly string[]>>;
}

export interface Evaluation {
  readonly question?: Question;
  readonly route: readonly RouteStep[];
  readonly outcome?: Outcome;
  readonly warnings: readonly Warning[];
  readonly alternatives?: readonly Alternative[];
  readonly outcomes?: readonly Outcome[];
  readonly settle?: readonly Settle[];
}

export interface DecisionRequest {
  readonly title: string;
  readonly solution?: string;
  readonly status: 'proposed' | 'accepted';
  readonly supersedes?: string;
  readonly answers: Answers;
  readonly context?: Context;
  readonly reasons?: Readonly<Record<string, string>>;
  readonly decidedBy?: string;
}

export interface Decision extends Omit<DecisionRequest, 'status'> {
  readonly id: string;
  readonly status: 'proposed' | 'accepted' | 'superseded';
  readonly supersededBy?: string;
  readonly recordedAt: string;
  readonly route: readonly RouteStep[];
  readonly outcome: Outcome;
  readonly warnings: readonly Warning[];
  readonly alternatives?: readonly Alternative[];
  readonly edition?: Guide['edition'];
  readonly sandboxes?: readonly string[];
  readonly scaffolds?: readonly string[];
}

/** A driver that a project can be made to run on. */
export interface Engine {
  readonly id: string;
  readonly title: string;
}

/** The first of each is taken unless told. */
export interface Engines {
  readonly stores: readonly Engine[];
  readonly brokers: readonly Engine[];
}

export interface PatternSummary {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly live: boolean;
  /** `auth`: how callers of the real API prove who they are, where that is known. */
  readonly dialects: readonly { readonly id: string; readonly title: string; readonly auth?: readonly string[] }[];
}

export interface PatternParticipant {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly main?: boolean;
  /** What it may start; nothing where it only answers. */
  readonly starts?: readonly string[];
}

export interface Interaction {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly kind: 'call' | 'reply' | 'note';
  readonly detail?: string;
}

export interface Pattern extends PatternSummary {
  readonly description?: readonly string[];
  readonly useWhen?: readonly string[];
  readonly avoidWhen?: readonly string[];
  readonly participants?: readonly PatternParticipant[];
  readonly interactions?: readonly Interaction[];
  readonly considerations?: readonly { readonly title: string; readonly text: string; readonly basis: string }[];
  readonly realServices?: readonly { readonly name: string; readonly how: string; readonly source: string }[];
  readonly sources?: readonly { readonly title: string; readonly note?: string; readonly url?: string }[];
  readonly requirements?: readonly Readonly<Record<string, unknown>>[];
  readonly scenarios?: readonly Readonly<Record<string, unknown>>[];
  readonly contracts?: readonly {
    readonly kind: 'openapi' | 'asyncapi';
    readonly title: string;
    readonly url: string;
  }[];
}

export interface ListOf<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
