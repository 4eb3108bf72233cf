import { isAscii } from 'node:buffer';
import { type Charset, canRead, charsetOf } from './charset.ts';
import { type Delimiters, readDelimiters, STANDARD } from './delimiters.ts';
import { addEscapes, formatOf, undoEscapes } from './escapes.ts';
import { Hl7Error } from './hl7-error.ts';
import { type Nested, nestedOf, partOf, replacePart } from './nested.ts';
import { type FieldPath, locationOf, parseFieldPath, parsePath } from './path.ts';
import { FIELDS_MAX } from './segment-fields.ts';
import { Segments } from './segments.ts';

/** Bytes of a message. */
export const MESSAGE_MAX = 5 * 1024 * 1024;
const REPETITIONS_MAX = 1000;
const NULL = '""';
const FIRST = { repetition: 1, component: 1, subcomponent: 1 } as const;

const isBlank = (line: string): boolean => (line.charCodeAt(0) <= 32 ? line.trim() === '' : line === '');

/** The lines of a text whose lines may end in `\r`, `\n` or `\r\n`; empty ones, and those of nothing but blanks, are none. */
export const linesOf = (binary: string): string[] => {
  const lines = binary.includes('\n') ? binary.split(/\r\n|\r|\n/) : binary.split('\r');
  // The last line is ended, too.
  if (lines.at(-1) === '') lines.pop();
  return lines.some(isBlank) ? lines.filter((line) => !isBlank(line)) : lines;
};

/** Whether a line begins a message or a batch: MSH, FHS, BHS, or the end of one: FTS, BTS. */
const isHead = (line: string): boolean => {
  if (!'MFB'.includes(line.charAt(0))) return false;
  return /^(?:MSH|[FB][HT]S)/.test(line);
};

const bytesOf = (given: Uint8Array | string): Buffer => {
  if (typeof given === 'string') return Buffer.from(given);
  return Buffer.isBuffer(given) ? given : Buffer.from(given.buffer, given.byteOffset, given.length);
};

/** Bytes as a binary string, without a byte order mark. Throws Hl7Error for more than a message may have. */
export const binaryOf = (given: Uint8Array | string, most = MESSAGE_MAX): string => {
  const bytes = bytesOf(given);
  if (bytes.length > most) throw new Hl7Error(`The message has ${bytes.length} bytes; ${most} are the most here`);
  const binary = bytes.toString('latin1');
  return binary.startsWith('\xef\xbb\xbf') ? binary.slice(3) : binary;
};

/**
 * One HL7 v2 message. What was parsed and is written again without a change has the same bytes in canonical form: every
 * segment ends with `\r`, and there are no empty lines. Paths are those of path.ts. A path that stops early means the first
 * of what it does not say, also for reading: `PID-5` is `PID-5[1].1.1`.
 */
export class Hl7Message {
  readonly delimiters: Delimiters;
  readonly #segments: Segments;
  #charset: Charset | undefined;
  /** Whether it is known to hold ASCII and nothing else, which is the same in every character set. */
  #ascii: boolean;
  /** What it was made of, until something is changed. */
  #given: Buffer | undefined;

  constructor(lines: readonly string[], delimiters: Delimiters, given?: Buffer) {
    this.delimiters = delimiters;
    this.#given = given;
    this.#ascii = given !== undefined && isAscii(given);
    this.#segments = new Segments(lines, delimiters);
  }

  /** What MSH-18 says the bytes are. */
  get charset(): Charset {
    if (this.#charset !== undefined) return this.#charset;
    const name = partOf(this.#segments.raw(this.#head, 1, 18) ?? '', FIRST, this.delimiters);
    this.#charset = charsetOf(undoEscapes(name, this.delimiters));
    return this.#charset;
  }

  /** Whether all of it can be read as text: always where its character set is known. */
  get readable(): boolean {
    return this.#ascii || canRead(this.charset, this.lines());
  }

  get #head(): string {
    return this.#segments.head;
  }

  /** Names of the segments, in order. */
  names(): readonly string[] {
    return this.#segments.names();
  }

  /** How many segments (`OBX`) or repetitions of a field (`PID-3`) there are; an empty field has none. */
  count(path: string): number {
    const { segment, occurrence, field } = parsePath(path);
    if (field === undefined) return this.#segments.count(segment);
    const own = this.#declared({ segment, occurrence, field });
    if (own !== undefined) return 1;
    const raw = this.#segments.raw(segment, occurrence, field) ?? '';
    return raw === '' ? 0 : nestedOf(raw, this.delimiters).length;
  }

  /** Whether the segment is so long that it has the field, be it empty. */
  has(path: string): boolean {
    const at = parseFieldPath(path);
    return this.#declared(at) !== undefined || this.#segments.raw(at.segment, at.occurrence, at.field) !== undefined;
  }

  /** The value, decoded; null where it is HL7's null (`""`), undefined where there is none. */
  get(path: string): string | null | undefined {
    const at = parseFieldPath(path);
    const encoded = this.#leaf(at);
    if (encoded === '') return undefined;
    if (encoded === NULL) return null;
    // Without an escape it stands for itself.
    const { escape: mark } = this.delimiters;
    if (this.#ascii && (mark === undefined || !encoded.includes(mark))) return encoded;
    // MSH-1 and MSH-2 declare the delimiters, and are not written with them.
    const own = this.#declared(at) !== undefined;
    return this.charset.decode(own ? encoded : undoEscapes(encoded, this.delimiters));
  }

  /** As `get`, with an empty text for null and for what is not there. */
  text(path: string): string {
    return this.get(path) ?? '';
  }

  /** A field as it stands, its parts still escaped (see `decode`); undefined where there is no such segment or field. */
  field(segment: string, occurrence: number, field: number): Nested | undefined {
    const own = this.#declared({ segment, occurrence, field });
    return own === undefined ? this.#segments.read(segment, occurrence, field) : [[[own]]];
  }

  /** Whether nothing stands in a field, or it is not there. */
  isEmpty(segment: string, occurrence: number, field: number): boolean {
    const raw = this.#declared({ segment, occurrence, field }) ?? this.#segments.raw(segment, occurrence, field);
    return raw === undefined || raw === '';
  }

  /** The text that a part of a field stands for. */
  decode(encoded: string): string {
    return this.charset.decode(undoEscapes(encoded, this.delimiters));
  }

  /** The same without what only formats it: highlighting, indents; lines that are broken stay so. */
  decodePlain(encoded: string): string {
    return this.charset.decode(undoEscapes(encoded, this.delimiters, formatOf));
  }

  /** All that the path names, still escaped, as a binary string; empty where nothing is. `PID-3` is all its repetitions. */
  encoded(path: string): string {
    const at = parseFieldPath(path);
    return (
      this.#declared(at) ?? partOf(this.#segments.raw(at.segment, at.occurrence, at.field) ?? '', at, this.delimiters)
    );
  }

  /** Escapes and writes a text, null (`""`) or nothing to where the path leads; the segment has to be there. */
  set(path: string, value: string | null | undefined): this {
    const binary = value === null ? NULL : addEscapes(this.charset.encode(value ?? ''), this.delimiters);
    return this.setEncoded(path, binary);
  }

  /** Writes what is already escaped and a binary string: it may hold the delimiters of what is below the path. */
  setEncoded(path: string, binary: string): this {
    const at = parseFieldPath(path);
    const fail = (why: string) => new Hl7Error(`${path}: ${why}`, { at: locationOf(at) });
    if (this.#declared(at) !== undefined) throw fail('the delimiters of a message are not changed');
    if (at.field > FIELDS_MAX || (at.repetition ?? 1) > REPETITIONS_MAX) throw fail('no field has so high a number');
    if (/[\r\n]/.test(binary)) throw fail('a line break has to be escaped');
    if (binary.includes(this.delimiters.field)) throw fail('a field holds no fields');
    const before = this.#segments.read(at.segment, at.occurrence, at.field) ?? [];
    this.#segments.write(at.segment, at.occurrence, at.field, replacePart(before, at, binary, this.delimiters, fail));
    if (at.field === 18) this.#charset = undefined;
    this.#ascii = false;
    this.#given = undefined;
    return this;
  }

  /** Adds an empty segment at the end, or after another (`OBX[2]`); returns its path, such as `OBX[3]`. */
  addSegment(name: string, after?: string): string {
    const place = after === undefined ? undefined : parsePath(after);
    this.#given = undefined;
    return `${name}[${this.#segments.add(name, place)}]`;
  }

  removeSegment(path: string): void {
    const { segment, occurrence } = parsePath(path);
    this.#given = undefined;
    this.#segments.remove(segment, occurrence);
  }

  /** As binary strings, without their ends. */
  lines(): readonly string[] {
    return this.#segments.lines();
  }

  /** What stands in it, however its lines are ended: the least costly way to look through all of it. */
  get bytes(): Buffer {
    return this.#given ?? this.toBytes();
  }

  toBytes(): Buffer {
    return Buffer.from(`${this.lines().join('\r')}\r`, 'latin1');
  }

  /** What MSH-1 and MSH-2 hold. */
  #declared({ segment, occurrence, field }: FieldPath): string | undefined {
    if (field > 2 || occurrence !== 1 || segment !== this.#head) return undefined;
    return field === 1 ? this.delimiters.field : this.delimiters.encoding;
  }

  #leaf(at: FieldPath): string {
    const own = this.#declared(at);
    if (own !== undefined) return own;
    const { repetition = 1, component = 1, subcomponent = 1 } = at;
    const raw = this.#segments.raw(at.segment, at.occurrence, at.field) ?? '';
    return partOf(raw, { repetition, component, subcomponent }, this.delimiters);
  }
}

/** Takes one message apart. A string is UTF-8. Throws Hl7Error, and nothing else, whatever the bytes; time is linear. */
export const parseMessage = (given: Uint8Array | string): Hl7Message => {
  const bytes = bytesOf(given);
  const lines = linesOf(binaryOf(bytes));
  const [head = ''] = lines;
  if (!head.startsWith('MSH')) {
    const what = /^[FB][HT]S/.test(head)
      ? 'This is a batch: its messages are sent one by one'
      : 'A message begins with MSH';
    throw new Hl7Error(what, { condition: 100, position: 0 });
  }
  const delimiters = readDelimiters(head);
  const more = lines.findIndex((line, index) => index > 0 && isHead(line));
  if (more > 0)
    throw new Hl7Error(`Line ${more + 1} is another ${lines[more]?.slice(0, 3)}: this is more than one message`, {
      condition: 100,
      at: { segment: 'MSH', occurrence: 2 },
    });
  return new Hl7Message(lines, delimiters, bytes);
};

/** A new message that holds nothing but MSH, with the standard delimiters unless others are given. */
export const createMessage = (delimiters: Delimiters = STANDARD): Hl7Message =>
  new Hl7Message([`MSH${delimiters.field}${delimiters.encoding}`], delimiters);
