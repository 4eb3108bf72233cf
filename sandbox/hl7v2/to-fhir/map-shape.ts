import { type Check, isRecord, list, text } from '../../dialect-shape.ts';

/** When a rule holds; every condition of a list has to. Paths are relative to what the rule reads (`3`, `3.1`). */
export interface Condition {
  /** Where to look: a field or component of the segment or type at hand. */
  readonly at?: string;
  readonly is?: 'present' | 'absent';
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
  /** A trigger event of the message (MSH-9.2). */
  readonly event?: readonly string[];
  /** A segment that the message has, or has not. */
  readonly segment?: string;
}

/** One line of a map: from a part of the message to an element. */
export interface Rule {
  /** `3` is a field of a segment, a component of a field or a subcomponent of a component; `3.1` one level deeper; `.` itself. */
  readonly from: string;
  /** An element: `name[]` appends, `reaction[0]` is that item, `identifier[system=…]` the item that has it. */
  readonly to: string;
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
}

/** What becomes of a segment in messages of one kind. */
export interface SegmentRule {
  /** The segment map. */
  readonly map: string;
  /** A new resource, of the map's type, is called this from here on. */
  readonly as?: string;
  /** Goes into the latest of these instead. */
  readonly into?: readonly string[];
  /** The element of it that the segment becomes. */
  readonly at?: string;
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
  readonly segments: Readonly<Record<string, readonly SegmentRule[]>>;
}

export type CodeMap = Readonly<Record<string, { readonly code: string; readonly display?: string }>>;
export interface Vocabulary {
  readonly source: string;
  readonly system: string;
  readonly codes: CodeMap;
}

/** A mapping with these members, the first ones required. */
const only =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check =>
  (value, at, faults) => {
    if (!isRecord(value)) {
      faults.push(`${at}: must be a mapping`);
      return;
    }
    for (const name of Object.keys(value))
      if (!(name in required) && !(name in optional)) faults.push(`${at}.${name}: is not known here`);
    for (const [name, check] of Object.entries(required)) check(value[name], `${at}.${name}`, faults);
    for (const [name, check] of Object.entries(optional))
      if (value[name] !== undefined) check(value[name], `${at}.${name}`, faults);
  };

const PATH = /^\.$|^[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,2}$/;
const path: Check = (value, at, faults) => {
  if (typeof value !== 'string' || !PATH.test(value))
    faults.push(`${at}: must be a path such as "3" or "3.1", in quotes`);
};
const anything: Check = () => undefined;
export const object: Check = (value, at, faults) => {
  if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
};
const condition = only({}, { at: path, is: text, in: list(text), notIn: list(text), event: list(text), segment: text });
const conditions: Check = (value, at, faults) =>
  Array.isArray(value) ? list(condition)(value, at, faults) : condition(value, at, faults);
const rule = only(
  { from: path, to: text },
  {
    type: text,
    codes: text,
    table: text,
    resource: text,
    within: text,
    with: object,
    when: conditions,
    assumed: anything,
  },
);
const link = only({ context: text, to: text }, { within: text, with: object, map: text });
const segmentRule = only(
  { map: text },
  {
    as: text,
    into: list(text),
    at: text,
    once: anything,
    refs: list(link),
    linkedFrom: list(link),
    closes: list(text),
    byEvent: object,
    elseByEvent: object,
    removedByEvent: object,
    refsToAll: text,
    when: conditions,
  },
);
const segmentRules: Check = (value, at, faults) => {
  if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
  else for (const [name, rules] of Object.entries(value)) list(segmentRule)(rules, `${at}.${name}`, faults);
};

export const partMap = only({ source: text, rules: list(rule) }, { resource: text, dropped: object, with: object });
export const messageMap = only({ source: text, types: list(text), focus: list(text), segments: segmentRules }, {});
const code: Check = (value, at, faults) => {
  if (typeof value !== 'string') only({ code: text }, { display: text })(value, at, faults);
};
export const vocabulary = only(
  { source: text, system: text },
  {
    codes: (value, at, faults) => {
      if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
      else for (const [name, one] of Object.entries(value)) code(one, `${at}.${name}`, faults);
    },
  },
);
