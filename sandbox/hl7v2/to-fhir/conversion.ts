import { contentId } from '../content-id.ts';
import type { Hl7Message } from '../message.ts';
import { type Json, movedTo, type Trace } from './element.ts';
import { type Leaf, leavesOf, type Part, repetitionsOf, type SegmentAt, segmentsOf } from './part.ts';

/** A resource that is made if what refers to it is. */
export interface Pending {
  readonly type: string;
  readonly draft: Draft;
  /** Its `reference` is set when it is made. */
  readonly reference: Json;
}

/** Part of a resource that is being made: nothing of the message counts as used before it is kept. */
export interface Draft {
  readonly body: Json;
  readonly traces: Trace[];
  readonly pending: Pending[];
  /** What the message says is to be removed (HL7's null). */
  readonly removed: Trace[];
}

export const newDraft = (body: Json = {}): Draft => ({ body, traces: [], pending: [], removed: [] });

/** A resource of the result. */
export interface Entry {
  readonly type: string;
  readonly fullUrl: string;
  readonly body: Json;
  readonly traces: Trace[];
  readonly removed: Trace[];
  /** Elements that FHIR requires and the message does not say: what the map assumes. */
  readonly assumed: string[];
  /** The names of the segments that have gone into it. */
  readonly segments: Set<string>;
}

/** A leaf that went nowhere. */
export interface Unused {
  readonly leaf: Leaf;
  readonly at: SegmentAt;
  readonly field: number;
  readonly reason?: string;
}

/** What begins the groups in which segments that say who took part stand: the patient, the visit, an order, a result … */
const GROUPS = new Set(['PID', 'PV1', 'PR1', 'IN1', 'ORC', 'OBR', 'OBX', 'SPM', 'RXA']);

/** One message on its way to FHIR: what was made, and what became of each leaf. */
export class Conversion {
  readonly message: Hl7Message;
  readonly segments: readonly SegmentAt[];
  readonly type: string;
  readonly event: string;
  /** For times of day that name no zone, such as `+00:00`. */
  readonly zone: string;
  readonly entries: Entry[] = [];
  readonly #lines: readonly string[];
  readonly #seed: string;
  /** By line and field: every rule asks for them. */
  readonly #parts: (readonly Part[])[][] = [];
  /** By line; empty until somebody asks. */
  readonly #heads: (string | undefined)[] = [];
  readonly #used = new Set<string>();
  readonly #reasons = new Map<string, string>();
  readonly #shared = new Map<string, Entry>();

  constructor(message: Hl7Message, zone: string) {
    this.message = message;
    this.#lines = message.lines();
    this.segments = segmentsOf(message);
    this.type = message.text('MSH-9.1');
    // Before v2.3.1 a sender may say the event in EVN only.
    const event = message.text('MSH-9.2');
    this.event = event === '' && message.count('EVN') > 0 ? message.text('EVN-1') : event;
    this.zone = zone;
    this.#seed = this.#lines.join('\r');
  }

  /** An id that the same message always gives. */
  id(name: string): string {
    return contentId(`${name}\n${this.#seed}`);
  }

  has(segment: string): boolean {
    return this.message.count(segment) > 0;
  }

  /** What is said; how it is to look in print is not. */
  text(leaf: Leaf): string {
    return this.message.decodePlain(leaf.encoded);
  }

  /** The name of the segment that begins the group in which one stands. */
  headOf({ line }: SegmentAt): string | undefined {
    if (this.#heads.length === 0) {
      let head: string | undefined;
      for (const { name } of this.segments) {
        this.#heads.push(head);
        if (GROUPS.has(name)) head = name;
      }
    }
    return this.#heads[line];
  }

  /** The repetitions of a field that hold something. */
  repetitions(at: SegmentAt, field: number): readonly Part[] {
    this.#parts[at.line] ??= [];
    const fields = this.#parts[at.line] ?? [];
    fields[field] ??= repetitionsOf(this.message, at, field);
    return fields[field] ?? [];
  }

  /** Says why a leaf is not used, should nothing else use it. */
  because(leaf: Leaf | undefined, reason: string): undefined {
    return this.becauseKey(leaf?.key, reason);
  }

  becauseKey(key: string | undefined, reason: string): undefined {
    if (key !== undefined && !this.#reasons.has(key)) this.#reasons.set(key, reason);
  }

  becauseAll(part: Part, reason: string): undefined {
    for (const leaf of leavesOf(part)) this.because(leaf, reason);
  }

  /** Says why nothing of a segment is used, should nothing else use it. */
  leaveOut(at: SegmentAt, reason: string): void {
    const length = (this.#lines[at.line] ?? '').split(this.message.delimiters.field).length;
    for (let field = 1; field < length; field += 1)
      for (const part of this.repetitions(at, field)) this.becauseAll(part, reason);
  }

  /** What was drafted belongs to the Bundle itself: its leaves are used up. */
  use({ traces }: Draft): void {
    for (const { key } of traces) if (key !== undefined) this.#used.add(key);
  }

  /** An element, and what is in it, is not said by the message after all. */
  withdraw({ traces }: Entry, element: string, reason: string): void {
    const isGone = (trace: Trace): boolean =>
      trace.element === element ||
      /^[.[]/.test(trace.element.startsWith(element) ? trace.element.slice(element.length) : '');
    for (const { key } of traces.filter(isGone)) this.becauseKey(key, reason);
    traces.splice(0, traces.length, ...traces.filter((trace) => !isGone(trace)));
  }

  /** What was drafted belongs to a resource, at this element, or is one. */
  keep(entry: Entry, draft: Draft, element = ''): void {
    entry.traces.push(...movedTo(element, draft.traces));
    entry.removed.push(...movedTo(element, draft.removed));
    for (const { type, draft: own, reference } of draft.pending) reference.reference = this.#share(type, own).fullUrl;
  }

  add(type: string, draft: Draft = newDraft()): Entry {
    const entry: Entry = {
      type,
      fullUrl: `urn:uuid:${this.id(String(this.entries.length))}`,
      body: draft.body,
      traces: [],
      removed: [],
      assumed: [],
      segments: new Set(),
    };
    this.entries.push(entry);
    this.keep(entry, draft);
    return entry;
  }

  /** Two places of a message that say the same of a doctor or a ward mean one resource. */
  #share(type: string, draft: Draft): Entry {
    const same = `${type} ${JSON.stringify(draft.body)}`;
    const before = this.#shared.get(same);
    if (before !== undefined) {
      this.keep(before, draft);
      return before;
    }
    const entry = this.add(type, draft);
    this.#shared.set(same, entry);
    return entry;
  }

  /** All leaves that went nowhere, in the message's order, with what was said of them. */
  unused(): readonly Unused[] {
    const used = new Set(this.#used);
    for (const { traces, removed } of this.entries) for (const { key } of [...traces, ...removed]) used.add(key ?? '');
    const unused: Unused[] = [];
    for (const at of this.segments) {
      const texts = (this.#lines[at.line] ?? '').split(this.message.delimiters.field);
      // MSH-1 is a delimiter itself, and MSH-2 declares the others.
      const ahead = at.line === 0 ? 1 : 0;
      for (let place = 1 + ahead; place < texts.length; place += 1) {
        if (texts[place] === '') continue;
        const field = place + ahead;
        for (const part of this.repetitions(at, field)) this.#addUnused(unused, leavesOf(part), used, { at, field });
      }
    }
    return unused;
  }

  #addUnused(
    unused: Unused[],
    leaves: readonly Leaf[],
    used: ReadonlySet<string>,
    where: Pick<Unused, 'at' | 'field'>,
  ): void {
    for (const leaf of leaves) {
      if (used.has(leaf.key)) continue;
      const reason = this.#reasons.get(leaf.key);
      unused.push(reason === undefined ? { leaf, ...where } : { leaf, ...where, reason });
    }
  }
}
