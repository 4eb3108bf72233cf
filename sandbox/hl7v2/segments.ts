import type { Delimiters } from './delimiters.ts';
import { Hl7Error } from './hl7-error.ts';
import { type Translation, translationOf } from './library-delimiters.ts';
import { joinNested, type Nested, nestedOf } from './nested.ts';
import { checkSize, SegmentFields } from './segment-fields.ts';

const SEGMENTS_MAX = 10_000;
/** Of so many segments one is found soonest by looking at each. */
const FEW = 24;

interface Line {
  readonly name: string;
  /** As it was parsed; what is not touched is written again as it stands. */
  readonly text: string;
  /** Its fields as they stand, once somebody has asked for one; those of the header begin with its second. */
  parts?: readonly string[];
  /** What it was changed to. */
  fields?: SegmentFields;
}

/** A field with a number up to this is found sooner than a line is split. */
const NEAR = 9;

/** As it stands; undefined where the line is shorter. */
const fieldOf = (text: string, by: string, field: number): string | undefined => {
  let begin = 0;
  for (let at = 0; at < field; at += 1) {
    const end = text.indexOf(by, begin);
    if (end < 0) return undefined;
    begin = end + 1;
  }
  const end = text.indexOf(by, begin);
  return end < 0 ? text.slice(begin) : text.slice(begin, end);
};

const isLetter = (code: number): boolean => code >= 65 && code <= 90;
const isSign = (code: number): boolean => isLetter(code) || (code >= 48 && code <= 57);
/** A letter and two letters or digits. */
const isName = (text: string): boolean =>
  text.length === 3 && isLetter(text.charCodeAt(0)) && isSign(text.charCodeAt(1)) && isSign(text.charCodeAt(2));

const quote = (name: string): string => JSON.stringify(name.replace(/[^ -~]/g, '?'));

/** The segments of one message, in order. All text is a binary string (charset.ts). */
export class Segments {
  readonly #delimiters: Delimiters;
  readonly #lines: Line[] = [];
  #translation: Translation | undefined;
  #byName: Map<string, Line[]> | undefined;
  /** What it was made of, until something is changed. */
  #given: readonly string[] | undefined;

  /** The first line is the header that `delimiters` were read from. Throws Hl7Error. */
  constructor(lines: readonly string[], delimiters: Delimiters) {
    if (lines.length > SEGMENTS_MAX)
      throw new Hl7Error(`The message has ${lines.length} segments; ${SEGMENTS_MAX} are the most here`);
    this.#delimiters = delimiters;
    this.#given = lines;
    const { field } = delimiters;
    let position = 0;
    for (let index = 0; index < lines.length; index += 1) {
      const text = lines[index] ?? '';
      const name = text.slice(0, 3);
      if (!isName(name) || (text.length > 3 && text[3] !== field))
        throw new Hl7Error(
          `Line ${index + 1} begins with ${quote(text.slice(0, 4))}, which is no segment name and ${delimiters.field}. A line break inside a field is written as an escape`,
          { condition: 100, position },
        );
      checkSize(text, delimiters, position);
      this.#lines.push({ name, text });
      position += text.length + 1;
    }
  }

  #named(name: string): readonly Line[] {
    this.#byName ??= Map.groupBy(this.#lines, (line) => line.name);
    return this.#byName.get(name) ?? [];
  }

  #line(name: string, occurrence: number): Line | undefined {
    if (this.#lines.length > FEW) return this.#named(name)[occurrence - 1];
    let left = occurrence;
    for (const line of this.#lines) if (line.name === name && --left === 0) return line;
    return undefined;
  }

  #find(name: string, occurrence: number): Line {
    const line = this.#line(name, occurrence);
    if (line === undefined)
      throw new Hl7Error(`There is no ${name}[${occurrence}]`, { at: { segment: name, occurrence } });
    return line;
  }

  /** The name of the first. */
  get head(): string {
    return this.#lines[0]?.name ?? '';
  }

  /** `MSH|^~\&` of the first line, which the library does not get to see. */
  get #beginning(): string {
    return `${this.head}${this.#delimiters.field}${this.#delimiters.encoding}`;
  }

  /** To be changed: from then on the library holds it. */
  #open(line: Line): SegmentFields {
    if (line.fields !== undefined) return line.fields;
    this.#given = undefined;
    this.#translation ??= translationOf(this.#delimiters);
    const head = line === this.#lines[0] ? this.#beginning : undefined;
    line.fields = new SegmentFields(line.text, this.#translation, head);
    return line.fields;
  }

  names(): readonly string[] {
    return this.#lines.map(({ name }) => name);
  }

  count(name: string): number {
    if (this.#lines.length > FEW) return this.#named(name).length;
    let count = 0;
    for (const line of this.#lines) if (line.name === name) count += 1;
    return count;
  }

  /** A field as it stands. Undefined where the segment or the field is not there. MSH-1 and MSH-2 are not here: see Delimiters. */
  raw(name: string, occurrence: number, field: number): string | undefined {
    const line = this.#line(name, occurrence);
    if (line === undefined) return undefined;
    if (line.fields === undefined) {
      // Fields of the header begin with its second.
      const at = line === this.#lines[0] ? field - 1 : field;
      return line.parts === undefined && at <= NEAR
        ? fieldOf(line.text, this.#delimiters.field, at)
        : this.#partsOf(line)[at];
    }
    const nested = line.fields.read(field);
    return nested && joinNested(nested, this.#delimiters);
  }

  /** The same, taken apart. */
  read(name: string, occurrence: number, field: number): Nested | undefined {
    const raw = this.raw(name, occurrence, field);
    return raw === undefined ? undefined : nestedOf(raw, this.#delimiters);
  }

  /** Most of what is asked of a message is asked of a few of its segments, and nothing of the others. */
  #partsOf(line: Line): readonly string[] {
    line.parts ??= line.text.split(this.#delimiters.field);
    return line.parts;
  }

  /** The segment has to be there. */
  write(name: string, occurrence: number, field: number, nested: Nested): void {
    this.#open(this.#find(name, occurrence)).write(field, nested);
  }

  /** At the end, or after another segment. Returns which of its name it is. */
  add(name: string, after?: { readonly segment: string; readonly occurrence: number }): number {
    if (!isName(name) || /^(?:MSH|[FB][HT]S)$/.test(name))
      throw new Hl7Error(`${quote(name.slice(0, 4))} is no segment that can be added`);
    if (this.#lines.length >= SEGMENTS_MAX) throw new Hl7Error(`${SEGMENTS_MAX} segments are the most here`);
    const line: Line = { name, text: name };
    const place =
      after === undefined ? this.#lines.length : this.#lines.indexOf(this.#find(after.segment, after.occurrence)) + 1;
    this.#lines.splice(place, 0, line);
    this.#given = undefined;
    this.#byName = undefined;
    return this.#named(name).indexOf(line) + 1;
  }

  remove(name: string, occurrence: number): void {
    const place = this.#lines.indexOf(this.#find(name, occurrence));
    if (place === 0) throw new Hl7Error('The header of a message cannot be removed', { at: { segment: name } });
    this.#lines.splice(place, 1);
    this.#given = undefined;
    this.#byName = undefined;
  }

  /** Without their ends. */
  lines(): readonly string[] {
    if (this.#given !== undefined) return this.#given;
    return this.#lines.map((line, index) => {
      if (line.fields === undefined) return line.text;
      return `${index === 0 ? this.#beginning : ''}${line.fields.build()}`;
    });
  }
}
