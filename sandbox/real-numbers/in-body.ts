import { isUtf8 } from 'node:buffer';
import { PERHAPS_REAL } from '../nhs-number.ts';
import { realNumbersIn } from '../nhs-number-query.ts';
import type { Fault } from '../problem.ts';
import { realNumbersInJson } from './in-json.ts';
import { mayHoldReal, namesRealInText } from './in-text.ts';

const FORM = 'application/x-www-form-urlencoded';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what has them is no text.
const CONTROL = /[\u0000-\u0008\u000e-\u001f]/;

/** By its mark, or because every second byte of what it begins with is zero, as it is of digits and of letters. */
const isUtf16 = (body: Buffer): boolean => {
  if (body[0] === 0xff && body[1] === 0xfe) return true;
  if (body[1] !== 0 || body.length < 20) return false;
  return body.subarray(0, 64).every((byte, index) => index % 2 === 0 || byte === 0);
};

/** The bytes as text, whatever they say that they are; undefined where they are none, for there digits are there by chance. */
const textOf = (body: Buffer, encoding: 'utf16le' | 'latin1'): string | undefined => {
  const text = body.toString(encoding === 'latin1' && isUtf8(body) ? 'utf8' : encoding);
  return CONTROL.test(text.slice(0, 1_000)) ? undefined : text;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** One JSON text, or one in each line (NDJSON); undefined where it is none. */
const jsonOf = (text: string): readonly unknown[] | undefined => {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || !lines[0]?.startsWith('{')) return undefined;
  const rows = lines.map(parsed);
  return rows.includes(undefined) ? undefined : rows;
};

/** Of what is nested deeper than anything can be taken apart, the text is all there is. */
const inValues = (values: readonly unknown[]): Fault[] | undefined => {
  try {
    return values.flatMap(realNumbersInJson);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
};

export interface BodyOptions {
  /** What it is said to be, with or without parameters. */
  readonly type?: string | undefined;
  /** It is cut out of something larger, which is judged when it is put together. */
  readonly part?: boolean;
}

/**
 * The places of a body that name a number which may be a real person's. It is judged by what it holds, not by what it is said
 * to be: JSON as a resource is, a form as a search is, any other text by the numbers in it that stand by themselves.
 */
export const realNumbersInBody = (body: Uint8Array, { type = '', part = false }: BodyOptions = {}): Fault[] => {
  if (body.length === 0) return [];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const encoding = isUtf16(bytes) ? 'utf16le' : 'latin1';
  // What is read once and decides for almost every body is read in the cheapest way.
  if (!mayHoldReal(bytes.toString(encoding))) return [];
  const text = textOf(bytes, encoding);
  if (text === undefined) return [];
  if (type.toLowerCase().startsWith(FORM)) return realNumbersIn(new URLSearchParams(text));
  const values = jsonOf(text);
  const isJson = values?.some((value) => typeof value === 'object') === true;
  const faults = isJson ? inValues(values) : undefined;
  if (faults !== undefined) return faults;
  return namesRealInText(text, part) ? [{ detail: PERHAPS_REAL, at: 'body' }] : [];
};
