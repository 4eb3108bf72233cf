import { type Delimiters, readDelimiters, STANDARD } from './delimiters.ts';
import { addEscapes, undoEscapes } from './escapes.ts';
import { CONDITIONS, type Condition, type Location } from './hl7-error.ts';
import { Hl7Message } from './message.ts';
import { writeLocation } from './path.ts';

/** Original mode, and the two stages of enhanced mode (HL7 v2.5 chapter 2.9, table 0008). */
export type Code = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** One thing that is wrong with a message, as one ERR segment says it. */
export interface MessageFault {
  readonly detail: string;
  readonly condition?: Condition;
  readonly at?: Location;
  /** Table 0516. */
  readonly severity?: 'E' | 'W' | 'I';
}

export const isError = ({ severity = 'E' }: MessageFault): boolean => severity === 'E';

export interface Acknowledgement {
  readonly code: Code;
  /** MSA-3; the first fault where there is none. */
  readonly text?: string | undefined;
  readonly faults?: readonly MessageFault[];
  /** Fresh MSH-10 of the acknowledgement. */
  readonly controlId: string;
  /** Milliseconds since the epoch, for MSH-7. */
  readonly now: number;
  /** Adds what else the type of the reply has, such as ORC and OBR. */
  complete?: ((reply: Hl7Message) => void) | undefined;
}

/** What answers what, where it is not ACK: type and event of the request → type, event and structure of the reply. */
const REPLIES: Readonly<Record<string, readonly [type: string, event: string, structure: string]>> = {
  'REF^I12': ['RRI', 'I12', 'RRI_I12'],
  'REF^I13': ['RRI', 'I13', 'RRI_I12'],
  'REF^I14': ['RRI', 'I14', 'RRI_I12'],
  'REF^I15': ['RRI', 'I15', 'RRI_I12'],
  'OML^O21': ['ORL', 'O22', 'ORL_O22'],
  'OML^O33': ['ORL', 'O34', 'ORL_O34'],
  'OML^O35': ['ORL', 'O36', 'ORL_O36'],
  'ORM^O01': ['ORR', 'O02', 'ORR_O02'],
  'QRY^A19': ['ADR', 'A19', 'ADR_A19'],
  'QRY^R02': ['ORF', 'R04', 'ORF_R04'],
  'QBP^Q22': ['RSP', 'K22', 'RSP_K21'],
};

const TEXT_MAX = 250;

/** The second that was written last: a thousand messages may come within one, and writing a date costs more than parsing MSH. */
const written = { second: Number.NaN, text: '' };

/** HL7 timestamp in UTC, to the millisecond. */
export const timestamp = (time: number): string => {
  const second = Math.floor(time / 1000);
  if (second !== written.second) {
    written.text = new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, '');
    written.second = second;
  }
  return `${written.text}.${String(Math.floor(time) - second * 1000).padStart(3, '0')}+0000`;
};

/** 2.4 is more than 2.3.1, and an empty or odd MSH-12 is taken for an old version. */
export const atLeast = (version: string, major: number, minor: number): boolean => {
  const [, first = '0', second = '0'] = /^(\d)\.(\d)/.exec(version) ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
};

/** V2-05: `ACK^A01^ACK` since 2.4, `ACK^A01` before. An accept acknowledgement is always an ACK. */
const typeOf = (inbound: Hl7Message, code: Code, event: string): readonly string[] => {
  const asked = `${inbound.encoded('MSH-9.1')}^${inbound.encoded('MSH-9.2')}`;
  const [reply, trigger, structure] = (code.startsWith('A') && REPLIES[asked]) || ['ACK', event, 'ACK'];
  if (trigger === '') return [reply];
  return atLeast(inbound.encoded('MSH-12.1'), 2, 4) ? [reply, trigger, structure] : [reply, trigger];
};

/** ERR-1 as it was before 2.5: `PID^1^3^101&Required field missing&HL70357`. */
const oldError = (reply: Hl7Message, { at, condition = 207 }: MessageFault): void => {
  const path = reply.addSegment('ERR');
  if (at !== undefined) {
    reply.set(`${path}-1.1`, at.segment).set(`${path}-1.2`, String(at.occurrence ?? 1));
    if (at.field !== undefined) reply.set(`${path}-1.3`, String(at.field));
  }
  for (const [index, value] of [String(condition), CONDITIONS[condition], 'HL70357'].entries())
    reply.set(`${path}-1.4.${index + 1}`, value);
};

const newError = (reply: Hl7Message, { at, condition = 207, severity = 'E', detail }: MessageFault): void => {
  const path = reply.addSegment('ERR');
  const place = at && [at.segment, at.occurrence ?? 1, at.field, at.repetition, at.component, at.subcomponent];
  for (const [index, value] of (place ?? []).entries())
    if (value !== undefined) reply.set(`${path}-2.${index + 1}`, String(value));
  for (const [index, value] of [String(condition), CONDITIONS[condition], 'HL70357'].entries())
    reply.set(`${path}-3.${index + 1}`, value);
  reply.set(`${path}-4`, severity).set(`${path}-8`, readable(detail));
};

/** ERR has told errors from warnings since 2.5: before, a warning would be taken for an error. */
const addErrors = (reply: Hl7Message, inbound: Hl7Message, faults: readonly MessageFault[]): void => {
  if (atLeast(inbound.encoded('MSH-12.1'), 2, 5)) for (const fault of faults) newError(reply, fault);
  else for (const fault of faults.filter(isError)) oldError(reply, fault);
};

/** What every character set can write, since the text is ours and the character set theirs. */
const readable = (text: string): string => text.replace(/[^ -~]+/g, '?').slice(0, TEXT_MAX);

const textOf = ({ text, faults = [] }: Acknowledgement): string => {
  if (text !== undefined) return text;
  const first = faults.find(isError);
  if (first === undefined) return '';
  return first.at === undefined ? first.detail : `${writeLocation(first.at)}: ${first.detail}`;
};

/** All five delimiters: a reply may need one that a message with a short MSH-2 does not. */
const completed = (delimiters: Delimiters): Delimiters => {
  const { field, component, repetition, escape: mark, subcomponent, encoding } = delimiters;
  if (repetition !== undefined && mark !== undefined && subcomponent !== undefined) return delimiters;
  const free = [...`${STANDARD.encoding}!#$%`].filter((character) => !`${field}${encoding}`.includes(character));
  const others = [repetition, mark, subcomponent].map((given) => given ?? free.shift() ?? '');
  return readDelimiters(`MSH${field}${component}${others.join('')}`);
};

/** What stands in a field of the message, in the delimiters of the reply: bytes to bytes, whatever character set they are. */
const carrying = (inbound: Hl7Message, delimiters: Delimiters): ((path: string) => string) => {
  const { field, encoding } = inbound.delimiters;
  if (delimiters.field === field && delimiters.encoding === encoding) return (path) => inbound.encoded(path);
  const leaf = (path: string): string => addEscapes(undoEscapes(inbound.encoded(path), inbound.delimiters), delimiters);
  return (path) =>
    (path.includes('.') ? [leaf(path)] : [1, 2, 3].map((part) => leaf(`${path}.${part}`)))
      .join(delimiters.component)
      .replace(new RegExp(`\\${delimiters.component}+$`), '');
};

const lineOf = (fields: readonly string[], { field }: Delimiters): string => {
  const last = fields.findLastIndex((value) => value !== '');
  return fields.slice(0, last + 1).join(field);
};

/** What the acknowledgements of messages with like headers have in common: what stands around MSH-7 and MSH-10. */
export interface Stem {
  readonly delimiters: Delimiters;
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

const stemOf = (inbound: Hl7Message, code: Code): Stem => {
  const delimiters = completed(inbound.delimiters);
  const { field, encoding, component } = delimiters;
  const from = carrying(inbound, delimiters);
  const type = typeOf(inbound, code, from('MSH-9.2')).join(component);
  const parties = ['MSH-5', 'MSH-6', 'MSH-3', 'MSH-4'].map(from);
  const rest = ['', from('MSH-11'), from('MSH-12'), '', '', '', '', '', from('MSH-18')];
  return {
    delimiters,
    before: ['MSH', encoding, ...parties, ''].join(field),
    between: ['', '', type, ''].join(field),
    after: lineOf(rest, delimiters),
  };
};

/** Its first two segments, which are all of most. */
const beginningOf = (inbound: Hl7Message, given: Acknowledgement, stems: Map<string, Stem>) => {
  const { code, controlId, now } = given;
  const letter = code.charAt(0);
  let stem = stems.get(letter);
  if (stem === undefined) {
    stem = stemOf(inbound, code);
    stems.set(letter, stem);
  }
  const { delimiters, before, between, after } = stem;
  // Of digits, letters, a point and a plus none is a delimiter as a rule.
  const own = (text: string): string => (delimiters === STANDARD ? text : addEscapes(text, delimiters));
  const said = textOf(given);
  const text = said === '' ? '' : addEscapes(readable(said), delimiters);
  const msa = lineOf(['MSA', code, carrying(inbound, delimiters)('MSH-10'), text], delimiters);
  return { delimiters, head: `${before}${own(timestamp(now))}${between}${own(controlId)}${after}`, msa };
};

/**
 * The acknowledgement of a message: sender and receiver change places (V2-04), MSA-2 is the message's own control id (V2-02),
 * MSH-11, MSH-12 and MSH-18 are as they came (V2-05), and what went wrong stands in MSA-3 and, with its place, in ERR (V2-09).
 * `stems` is where what it has in common with others is kept, by the first letter of the code.
 */
export const acknowledge = (
  inbound: Hl7Message,
  given: Acknowledgement,
  stems: Map<string, Stem> = new Map(),
): Hl7Message => {
  const { faults = [] } = given;
  const { delimiters, head, msa } = beginningOf(inbound, given, stems);
  const reply = new Hl7Message([head, msa], delimiters);
  if (faults.length > 0) addErrors(reply, inbound, faults);
  given.complete?.(reply);
  return reply;
};

/** The same in bytes. Most have two segments and no more, and need not be taken apart to be written. */
export const acknowledgeInBytes = (
  inbound: Hl7Message,
  given: Acknowledgement,
  stems: Map<string, Stem> = new Map(),
): Buffer => {
  if ((given.faults ?? []).length > 0 || given.complete !== undefined)
    return acknowledge(inbound, given, stems).toBytes();
  const { head, msa } = beginningOf(inbound, given, stems);
  return Buffer.from(`${head}\r${msa}\r`, 'latin1');
};
