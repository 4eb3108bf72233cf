import type { Engine } from './engines.ts';

/** What a project is made of. */
export interface Ask {
  readonly pattern: string;
  readonly broker: Engine;
  readonly store: Engine;
  /** Only this one; all that the pattern speaks where absent. */
  readonly dialect?: string;
  /** Why this pattern: the answers, and the record in Markdown. */
  readonly decision?: {
    readonly id: string;
    readonly answers: Readonly<Record<string, string>>;
    readonly markdown: string;
  };
}

/** How other systems are checked by a project: the record of its decision names it. */
export const CHECK = 'npm run conform -- --target <URL>';

/** What the catalogue says of the pattern. */
export interface Facts {
  readonly title: string;
  readonly summary: string;
  /** Those that it speaks, the usual one first; and those of them that the project does. */
  readonly dialects: readonly string[];
  readonly spoken: readonly string[];
  /** Those of them that its folder says how to judge, in `own-seats/`. */
  readonly judged: readonly string[];
  /** Whether it takes HL7 v2 over MLLP, in a dialect that is spoken. */
  readonly overMllp: boolean;
  readonly requirements: readonly { readonly id: string; readonly level: string; readonly statement: string }[];
  /** Checks and lessons of other dialects alone, and tables of such checks: paths from the root of the package. */
  readonly unused: readonly string[];
}
