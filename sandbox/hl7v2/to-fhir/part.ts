import type { Hl7Message } from '../message.ts';
import { writeLocation } from '../path.ts';

/** One segment of a message: which line, and which of its name. */
export interface SegmentAt {
  readonly line: number;
  readonly name: string;
  readonly occurrence: number;
}

/** A repetition of a field, or a component or subcomponent of one; everything counts from 1. */
export interface Part {
  readonly at: SegmentAt;
  readonly field: number;
  readonly repetition: number;
  readonly component?: number;
  readonly subcomponent?: number;
  /** The whole repetition: components of subcomponents, still escaped. */
  readonly data: readonly (readonly string[])[];
  /** Those of the repetition that were made, by their place: every rule that reads one asks for it, and the end once more. */
  readonly leaves: Map<number, Leaf | undefined>;
}

/** The smallest piece of a message that holds a value. */
export interface Leaf {
  /** The same for the same place of one message. */
  readonly key: string;
  /** As writeLocation has it: `PID-5[1].1`; what has only one component is named by its field. */
  readonly path: string;
  /** Still escaped. */
  readonly encoded: string;
}

const NULL = '""';

/** What is named one level below: a component of a repetition, a subcomponent of a component; a subcomponent has nothing below. */
export const below = (part: Part, place: number): Part | undefined => {
  const { at, field, repetition, data, leaves, component } = part;
  if (component === undefined) return { at, field, repetition, data, leaves, component: place };
  if (part.subcomponent === undefined) return { at, field, repetition, data, leaves, component, subcomponent: place };
  return undefined;
};

const makeLeaf = ({ at, field, repetition, data }: Part, component: number, subcomponent: number): Leaf | undefined => {
  const subs = data[component - 1];
  const encoded = subs?.[subcomponent - 1];
  if (subs === undefined || encoded === undefined || encoded === '') return undefined;
  const isWhole = data.length === 1 && subs.length === 1;
  const path = writeLocation({
    segment: at.name,
    occurrence: at.occurrence,
    field,
    repetition,
    ...(isWhole ? {} : { component }),
    ...(subs.length === 1 ? {} : { subcomponent }),
  });
  return { key: `${at.line}-${field}-${repetition}-${component}-${subcomponent}`, path, encoded };
};

/** More than a component may have subcomponents. */
const PLACES = 1_000_000;

const leafIn = (part: Part, component: number, subcomponent: number): Leaf | undefined => {
  const place = component * PLACES + subcomponent;
  const before = part.leaves.get(place);
  if (before !== undefined || part.leaves.has(place)) return before;
  const leaf = makeLeaf(part, component, subcomponent);
  part.leaves.set(place, leaf);
  return leaf;
};

/** Where the part begins; what is not said is the first. */
export const leafOf = (part: Part): Leaf | undefined => leafIn(part, part.component ?? 1, part.subcomponent ?? 1);

/** Where what is named one level below begins. */
export const leafAt = (part: Part, place: number): Leaf | undefined => {
  const found = below(part, place);
  return found === undefined ? undefined : leafOf(found);
};

/** Every leaf of the part that holds something. */
export const leavesOf = (part: Part): readonly Leaf[] => {
  const found: Leaf[] = [];
  for (let component = 1; component <= part.data.length; component += 1) {
    if (part.component !== undefined && part.component !== component) continue;
    const subs = part.data[component - 1] ?? [];
    for (let subcomponent = 1; subcomponent <= subs.length; subcomponent += 1) {
      if (subs[subcomponent - 1] === '') continue;
      if (part.subcomponent !== undefined && part.subcomponent !== subcomponent) continue;
      const leaf = leafIn(part, component, subcomponent);
      if (leaf !== undefined) found.push(leaf);
    }
  }
  return found;
};

/** Whether a part holds something; without making leaves, for it is asked of every rule. */
export const holdsSomething = ({ data, component, subcomponent }: Part): boolean => {
  if (component === undefined) return data.some((subs) => subs.some((text) => text !== ''));
  const subs = data[component - 1];
  if (subs === undefined) return false;
  return subcomponent === undefined ? subs.some((text) => text !== '') : (subs[subcomponent - 1] ?? '') !== '';
};

/** HL7's null: what is there is to be removed. */
export const isNull = (part: Part): boolean =>
  part.data[(part.component ?? 1) - 1]?.[(part.subcomponent ?? 1) - 1] === NULL && leavesOf(part).length === 1;

/** The segments of a message, in order. */
export const segmentsOf = (message: Hl7Message): readonly SegmentAt[] => {
  const seen = new Map<string, number>();
  return message.names().map((name, line) => {
    const occurrence = (seen.get(name) ?? 0) + 1;
    seen.set(name, occurrence);
    return { line, name, occurrence };
  });
};

/** The repetitions of a field that hold something. */
export const repetitionsOf = (message: Hl7Message, at: SegmentAt, field: number): readonly Part[] =>
  (message.field(at.name, at.occurrence, field) ?? [])
    .map((data, index): Part => ({ at, field, repetition: index + 1, data, leaves: new Map() }))
    .filter(holdsSomething);
