/** `patterns/<id>/pattern.yaml`, as data. The folder's name is the pattern's id. */
export interface PatternManifest {
  readonly title: string;
  /** One or two sentences for a card. */
  readonly summary: string;
  /** Two or three short paragraphs of plain text for the pattern's page. */
  readonly description: readonly string[];
  readonly useWhen: readonly string[];
  readonly avoidWhen: readonly string[];
  readonly participants: readonly ParticipantManifest[];
  /** The interactions of the sequence diagram, in order. */
  readonly interactions: readonly Interaction[];
  readonly considerations: readonly Consideration[];
  /** Real services that embody it. */
  readonly realServices: readonly { readonly name: string; readonly how: string; readonly source: string }[];
  readonly sources: readonly { readonly title: string; readonly note?: string; readonly url?: string }[];
  /**
   * Ids of the dialects it can be run in, the default first; empty while it has no `app.ts`. A dialect that names the
   * pattern in its own file need not stand here.
   */
  readonly dialects: readonly string[];
}

export interface ParticipantManifest {
  /** Lower case, one word or hyphenated: it is part of URLs. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Only in these dialects there is such a participant; in all when absent. */
  readonly dialects?: readonly string[];
  /** The participant whose endpoint `/sandboxes/{id}/FHIR/R4` is; exactly one. */
  readonly main?: boolean;
  /**
   * True where it offers every operation of the HTTP contract (the pattern's, or the dialect's own), false for one that only
   * calls; else the operationIds and tags of what it offers.
   */
  readonly serves: boolean | readonly string[];
  /** operationIds of other participants' contracts that this one may start; `*` for all. Used to tell who called. */
  readonly starts: readonly string[];
}

export interface Interaction {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** `call` solid arrow, `reply` dashed arrow, `note` a remark beside `from`. */
  readonly kind: 'call' | 'reply' | 'note';
  readonly detail?: string;
}

export interface Consideration {
  readonly title: string;
  readonly text: string;
  /** Whether the chapter says it, its predecessor, a real API, or we infer it. */
  readonly basis: 'chapter' | 'predecessor' | 'api' | 'inference';
}
