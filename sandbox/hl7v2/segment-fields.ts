import HL7, { type Components, type Field, type Segment } from 'hl7-standard';
import type { Delimiters } from './delimiters.ts';
import { Hl7Error } from './hl7-error.ts';
import { fromLibrary, type Translation, toLibrary } from './library-delimiters.ts';
import type { Nested } from './nested.ts';

/** The library's own header, which it insists on. */
const HEADER = 'MSH|^~\\&';

const isStrings = (field: Field): field is string[] => Array.isArray(field) && typeof field[0] === 'string';
const nest = (components: Components): string[][] =>
  Object.values(components).map((component) => (typeof component === 'string' ? [component] : component));

/**
 * The fields of one segment that is being changed, as hl7-standard holds them; the only module that touches the library.
 * What is only read is read from the text (segments.ts): taken apart this way, a message cost more than storing it.
 * The library knows no delimiters but `|` and `^`, looks through all names of a message for each of its segments, loses
 * segments that are a bare name, ends each one that it writes with one `|` too many, and writes `A&B` as `A~B`. So it is
 * given one segment at a time, in its own delimiters, and what it mistakes is put right here. All text is a binary string
 * (charset.ts).
 */
export class SegmentFields {
  readonly #library: HL7;
  readonly #segment: Segment;
  readonly #key: string;
  readonly #translation: Translation;

  /** `head` is what MSH, FHS or BHS begins with, up to the end of its second field; absent for other segments. */
  constructor(line: string, translation: Translation, head?: string) {
    const name = head === undefined ? line.slice(0, 3) : 'MSH';
    const own = toLibrary(line.slice(head?.length ?? 0), translation);
    // Without a line break at its end it does not find the ends of lines.
    const text = head === undefined ? `${HEADER}\r${own}\r` : `${HEADER}${own}\r`;
    this.#library = new HL7(text, { ...translation.options, lineEndings: '\r' });
    this.#library.transform();
    this.#segment = this.#library.getSegment(name) ?? this.#library.createSegment(name);
    this.#key = name;
    this.#translation = translation;
    for (const [key, field] of Object.entries(this.#segment.data))
      if (isStrings(field)) this.#segment.data[key] = { [`${key}.1`]: field };
  }

  /** Undefined where the segment is shorter. */
  read(field: number): Nested | undefined {
    const value = this.#segment.data[`${this.#key}.${field}`];
    if (value === undefined) return undefined;
    const nested =
      typeof value === 'string'
        ? [[[value]]]
        : Array.isArray(value)
          ? value.map((one) => (typeof one === 'string' ? [[one]] : nest(one)))
          : [nest(value)];
    return this.#translation.standard
      ? nested
      : nested.map((components) => components.map((subs) => subs.map((sub) => fromLibrary(sub, this.#translation))));
  }

  /** Fields before this one are filled up. Each list has at least one member. */
  write(field: number, nested: Nested): void {
    const { data } = this.#segment;
    const first = this.#key === 'MSH' ? 2 : 1;
    for (let number = Object.keys(data).length + first; number < field; number += 1)
      data[`${this.#key}.${number}`] = '';
    const key = `${this.#key}.${field}`;
    const repetitions = nested.map(
      (components): Components =>
        Object.fromEntries(
          components.map((subs, index) => {
            const own = subs.map((sub) => toLibrary(sub, this.#translation));
            return [`${key}.${index + 1}`, own.length === 1 ? (own[0] ?? '') : own];
          }),
        ),
    );
    const [only] = repetitions;
    data[key] = repetitions.length === 1 && only !== undefined ? only : repetitions;
  }

  /** The segment as the library builds it, without `head`. */
  build(): string {
    const [header = '', other] = this.#library.build().split('\r');
    const whole = this.#key === 'MSH' ? header.slice(HEADER.length) : (other ?? '');
    return fromLibrary(whole.slice(0, -1), this.#translation);
  }
}

/** Limits against segments that cost far more than their size: no real one is near them. */
export const FIELDS_MAX = 1000;
const ELEMENTS_MAX = 100_000;

/** Refuses more fields, components and subcomponents than are reasonable, before the library sees them. */
export const checkSize = (line: string, delimiters: Delimiters, position: number): void => {
  if (line.length <= FIELDS_MAX) return;
  const { field, component, repetition, subcomponent } = delimiters;
  const at = { segment: line.slice(0, 3) };
  const count = (mark: string | undefined): number =>
    mark === undefined ? 0 : line.split(mark, ELEMENTS_MAX + 2).length;
  if (count(field) > FIELDS_MAX + 1)
    throw new Hl7Error(`${at.segment} has more than ${FIELDS_MAX} fields`, { at, position });
  if ([component, repetition, subcomponent].some((mark) => count(mark) > ELEMENTS_MAX))
    throw new Hl7Error(`${at.segment} has more than ${ELEMENTS_MAX} components`, { at, position });
};
