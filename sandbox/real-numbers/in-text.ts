import { hasValidCheckDigit, isTestNumber, mayNameNhsNumbers, NHS_NUMBER_SYSTEM } from '../nhs-number.ts';

/** Ten digits, as they are kept or as they are printed: 401 023 2137. */
const PRINTED = '[0-9]{10}|[0-9]{3}([ \\u00a0-])[0-9]{3}\\1[0-9]{4}';
const NUMBER = new RegExp(`(?<![0-9])(?:${PRINTED})(?![0-9])`, 'g');
/** The same, and what may be digits that are written otherwise, as JSON or a URL may; in UTF-8 read as Latin-1, too. */
const ANY = /[0-9]{10}|[0-9]{3}(?:[ -]|\u00c2?\u00a0)[0-9]{3}(?:[ -]|\u00c2?\u00a0)[0-9]{4}|\\u003[0-9]|%3[0-9]/g;
/** It says what it is: "NHS number: 401 023 2137", `nhsNo=4010232137`. */
const LABELLED =
  /nhs(?:[\s_-]?(?:number|num|no|id))?[^0-9a-z]{0,12}([0-9]{10}|[0-9]{3}([ \u00a0-])[0-9]{3}\2[0-9]{4})(?![0-9])/gi;

/** Valid, and neither in the test range nor a published example. */
export const isReal = (text: string): boolean => {
  const digits = text.length === 10 ? text : text.replace(/[^0-9]/g, '');
  return !isTestNumber(digits) && hasValidCheckDigit(digits);
};

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

/**
 * Whether anything here has to be looked at more closely: most has no such digits at all, and costs no more than this. Run for
 * every request, its headers one by one: an iterator of matches alone took twice as long.
 */
export const mayHoldReal = (text: string): boolean => {
  ANY.lastIndex = 0;
  for (let found = ANY.exec(text); found !== null; found = ANY.exec(text)) {
    const [one] = found;
    if (!isDigit(one, 0)) return true;
    const isWhole = !isDigit(text, found.index - 1) && !isDigit(text, found.index + one.length);
    if (isWhole && isReal(one)) return true;
  }
  return false;
};

/** What a number may consist of: digits, and what may stand between them: a blank, a hyphen, a fixed blank, also in UTF-8 read as Latin-1. */
const PARTS = new Uint8Array(256);
for (const part of '0123456789 -\u00a0\u00c2') PARTS[part.charCodeAt(0)] = 1;

const isPart = (byte: number | undefined): boolean => byte !== undefined && PARTS[byte] === 1;
const isDigitByte = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Digits of a number of the NHS. */
const LENGTH = 10;

/** A hyphen may as well be what separates the parts of a field. */
const spacedMayBeReal = (run: string): boolean =>
  mayHoldReal(run) ||
  run.split('-').some((part) => {
    const digits = part.replaceAll(' ', '');
    return digits.length === 10 && isReal(digits);
  });

/** The same of all that may belong to one number: from its first digit to its last. */
const runMayBeReal = (bytes: Buffer, from: number, to: number): boolean => {
  let [begin, end] = [from, to];
  while (begin < end && !isDigitByte(bytes[begin])) begin += 1;
  while (end > begin && !isDigitByte(bytes[end - 1])) end -= 1;
  if (end - begin < LENGTH) return false;
  let at = begin;
  while (at < end && isDigitByte(bytes[at])) at += 1;
  if (at < end) return spacedMayBeReal(bytes.toString('latin1', begin, end));
  return end - begin === LENGTH && isReal(bytes.toString('latin1', begin, end));
};

/**
 * Whether ten digits may be somebody's number, as they stand or with blanks anywhere between them, or printed as those of the
 * NHS are. Most texts have none, which this says at the least cost: a run of ten characters holds every tenth of a text, so
 * nine of ten are passed over where there are no digits. By an expression, or by the characters of a string, it took three
 * times as long.
 */
export const mayHoldRealDigits = (bytes: Buffer): boolean => {
  for (let at = LENGTH - 1; at < bytes.length; at += LENGTH) {
    if (!isPart(bytes[at])) continue;
    let begin = at;
    while (begin > 0 && isPart(bytes[begin - 1])) begin -= 1;
    while (at < bytes.length && isPart(bytes[at])) at += 1;
    if (runMayBeReal(bytes, begin, at)) return true;
  }
  return false;
};

/** Names that members, parameters and elements have which hold an NHS number. */
export const NAMES_NUMBER = /^(?:nhs|(?:nhs|patient)[\s_-]?(?:number|num|no|id))$/i;

/** Whether the text calls a number an NHS number. */
export const saysReal = (text: string): boolean => text.matchAll(LABELLED).some(([, number = '']) => isReal(number));

/** So far around a number it is looked for what it is. */
const AROUND = 400;
/** A CX of HL7 v2: what follows the number up to its assigning authority and its type. */
const CX = /^\^[^^|~\r\n]*\^[^^|~\r\n]*\^([^^&|~\r\n]*)(?:[^^|~\r\n]*\^([^^|~\r\n]*))?/;

type Names = 'an NHS number' | 'something else' | 'nothing';
const byAuthority = (authority: string, isNhs: boolean): Names =>
  isNhs ? 'an NHS number' : authority === '' ? 'nothing' : 'something else';

const bySystem = (system: string | undefined): Names =>
  system === undefined ? 'nothing' : byAuthority(system, system !== '' && mayNameNhsNumbers(system));

/** What the JSON around says of it, as far as it can be seen; undefined where it is no member. */
const inJson = (before: string, after: string): Names | undefined => {
  const key = /"([^"\\]{1,60})"\s*:\s*"?$/.exec(before)?.[1];
  if (key === undefined) return undefined;
  if (key !== 'value') return NAMES_NUMBER.test(key) ? 'an NHS number' : 'something else';
  const object = `${before.slice(before.lastIndexOf('{') + 1)}"${after.slice(0, after.indexOf('}') >>> 0)}`;
  return bySystem(/"system"\s*:\s*"([^"]*)"/.exec(object)?.[1]);
};

/** The same of XML: FHIR's `<value value="…"/>`, and an `<id root="…" extension="…"/>` of HL7 v3. */
const inXml = (before: string, after: string): Names | undefined => {
  const tag = /<([\w.:]+)((?:\s[^<>]*)?)\s[\w.:]+=["']$/.exec(before);
  if (tag === null) return undefined;
  const [, name = '', attributes = ''] = tag;
  const root = /\broot=["']([^"']*)["']/.exec(`${attributes} ${after.slice(0, after.indexOf('>') >>> 0)}`)?.[1];
  if (root !== undefined) return bySystem(`urn:oid:${root}`);
  if (name !== 'value') return NAMES_NUMBER.test(name) ? 'an NHS number' : 'something else';
  const element = before.slice(before.lastIndexOf('<identifier'));
  return bySystem(/<system\s+value=["']([^"']*)["']/.exec(element)?.[1]);
};

const inHl7 = (after: string): Names | undefined => {
  const [, authority = '', type = ''] = CX.exec(after) ?? [];
  return authority === '' && type === '' ? undefined : byAuthority(authority, authority === 'NHS' || type === 'NH');
};

/** Whether it is a part of something longer: of a hash, base64, an id, a decimal, an OID. At an open end that cannot be known. */
const isPartOf = (before: string, after: string, open: boolean): boolean =>
  /[0-9A-Za-z]$/.test(before) ||
  /^[0-9A-Za-z]/.test(after) ||
  /[0-9]\.$/.test(before) ||
  /^\.[0-9]/.test(after) ||
  (open && (before === '' || after === ''));

/** So many numbers are looked at of which the text says that they are something else; it could be made to hold a million. */
const LOOKED_AT = 20_000;

/**
 * Whether text, of which nothing else is known, names a number that may be somebody's: one that it calls an NHS number, or one
 * that stands by itself and of which it does not say that it is something else. What is a `part` of a text, and cut anywhere,
 * says less: there a number at its edge, or of which nothing is said, is left to whoever sees the whole. A text with more
 * numbers than anybody looks at is refused rather than trusted.
 */
export const namesRealInText = (text: string, part = false): boolean => {
  if (saysReal(text)) return true;
  let others = 0;
  for (const found of text.matchAll(NUMBER)) {
    const [number] = found;
    if (!isReal(number)) continue;
    const end = found.index + number.length;
    const before = text.slice(Math.max(0, found.index - AROUND), found.index);
    const after = text.slice(end, end + AROUND);
    if (isPartOf(before, after, part)) continue;
    const names = inJson(before, after) ?? inXml(before, after) ?? inHl7(after);
    if (names !== 'something else' && !(names === 'nothing' && part)) return true;
    others += 1;
    if (others === LOOKED_AT) return !part;
  }
  return false;
};

/** The ten digits of a person behind the name of the system, in an address or a search: `…/nhs-number|4010232137`. */
const TOKEN = new RegExp(
  `(?:${NHS_NUMBER_SYSTEM.replace(/^https/, '').replaceAll('.', '\\.')}|nhs-number)(?:\\||%7C|/)([0-9]{10})(?![0-9])`,
  'gi',
);
export const namesRealToken = (text: string): boolean => text.matchAll(TOKEN).some(([, number = '']) => isReal(number));
