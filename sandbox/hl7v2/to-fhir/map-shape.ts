/** When a rule holds; every condition of a list has to. Paths are relative to what the rule reads (`3`, `3.1`). */
export interface Condition {
  /** Where to look: a field or component of the segment or type at hand. */
  readonly at?: string;
  /** What stands there; `first` and `later` are of segments: whether one of its name came before. */
  readonly is?: 'present' | 'absent' | 'first' | 'later';
  /** An empty text among them is what is not there. */
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
  /** A trigger event of the message (MSH-9.2). */
  readonly event?: readonly string[];
  /** A segment that the message has, or has not. */
  readonly segment?: string;
  /** One of these is there; with `is: absent`, none of them. */
  readonly any?: readonly string[];
  /** The segment that begins the group in which it stands (see GROUPS in conversion.ts). */
  readonly under?: readonly string[];
}

/** One line of a map: from a part of the message to an element. */
export interface Rule {
  /** `3` is a field of a segment, a component of a field or a subcomponent of a component; `3.1` one level deeper; `.` itself. */
  readonly from: string;
  /** An element: `name[]` appends, `reaction[0]` is that item, `identifier[system=…]` the item that has it. */
  readonly to: string;
  /** The element belongs to the resource to which this one of ours refers: `{of: practitioner, to: 'address[]'}`. */
  readonly of?: string;
  /** A type map, or a primitive of FHIR; `string` unless told. */
  readonly type?: string;
  /** A vocabulary map. */
  readonly codes?: string;
  /** The v2 table of codes that name none, such as `0063`. */
  readonly table?: string;
  /** A segment or type map that makes a resource of its own, to which this element refers. */
  readonly resource?: string;
  /** Where in the element (an object with what `with` says) the value belongs. */
  readonly within?: string;
  /** What the element has besides, where the message says nothing else. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly when?: Condition | readonly Condition[];
  /** What the field makes likely and does not say: it never takes the place of what is known. */
  readonly assumed?: true;
}

/** What one segment, or one data type, becomes. */
export interface PartMap {
  /** Where this comes from: HL7's table, or us. */
  readonly source: string;
  /** The type of resource, where it makes one. */
  readonly resource?: string;
  readonly rules: readonly Rule[];
  /** Why fields are left out: number of the field → reason. */
  readonly dropped?: Readonly<Record<string, string>>;
  /** What the resource has besides, where the message says nothing else. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A reference that a rule for a segment sets. */
export interface Link {
  /** The resource that was made before, by what it is called in the message map. */
  readonly context: string;
  readonly to: string;
  readonly within?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  /** More of the element that refers, read from the same segment. */
  readonly map?: string;
  /** The reference is set when all resources are made: what refers may come later than what it refers to. */
  readonly atEnd?: true;
}

/** What becomes of a segment in messages of one kind. */
export interface SegmentRule {
  /** The segment map; only what is left out (`dropped`) has none. */
  readonly map?: string;
  /** Why the segment is left out. */
  readonly dropped?: string;
  /** A new resource, of the map's type, is called this from here on. */
  readonly as?: string;
  /** Goes into the latest of these instead. */
  readonly into?: readonly string[];
  /** The element of it that the segment becomes. */
  readonly at?: string;
  /** Where there is none of them yet, one of this type is made, and called as `as` says. */
  readonly begins?: string;
  /** Only where that had no such segment yet; otherwise, and where there is none of them, a new resource is made. */
  readonly once?: boolean;
  /** From what is new to what was before. */
  readonly refs?: readonly Link[];
  /** From what was before to what is new. */
  readonly linkedFrom?: readonly Link[];
  /** What was called these is over. */
  readonly closes?: readonly string[];
  /** What a new resource has in messages of these events: `{A11: {status: cancelled}}`. Stronger than the segment. */
  readonly byEvent?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The same, where the segment does not say it. */
  readonly elseByEvent?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What is over in messages of these events, unless the segment says it again: `{A13: [period.end]}`. */
  readonly removedByEvent?: Readonly<Record<string, readonly string[]>>;
  /** References to every other resource but the header go here. */
  readonly refsToAll?: string;
  readonly when?: Condition | readonly Condition[];
}

export interface MessageMap {
  readonly source: string;
  /** `ADT^A01`, or `ADT` for all others of the type. */
  readonly types: readonly string[];
  /** Types of resources that the message is about. */
  readonly focus: readonly string[];
  /** Rules that messages of several kinds have, by the names of their files; a segment that stands here takes their place. */
  readonly groups?: readonly string[];
  readonly segments: Readonly<Record<string, readonly SegmentRule[]>>;
}

export interface GroupMap {
  readonly source: string;
  readonly segments: Readonly<Record<string, readonly SegmentRule[]>>;
}

/** What a code becomes; `system` where it is another than that of the whole. */
export type CodeMap = Readonly<
  Record<string, { readonly code: string; readonly display?: string; readonly system?: string }>
>;
export interface Vocabulary {
  readonly source: string;
  readonly system: string;
  readonly codes: CodeMap;
}
