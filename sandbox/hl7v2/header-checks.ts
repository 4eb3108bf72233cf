import { judgeBareNumber, judgeNhsNumber, type NhsNumberFinding, PERHAPS_REAL } from '../nhs-number.ts';
import type { Fault } from '../problem.ts';
import { isReal, mayHoldReal, mayHoldRealDigits, saysReal } from '../real-numbers/in-text.ts';
import { Hl7Error } from './hl7-error.ts';
import type { Hl7Message } from './message.ts';
import type { Hl7Receiver } from './receiver.ts';

const VERSIONS = [
  '2.1',
  '2.2',
  '2.3',
  '2.3.1',
  '2.4',
  '2.5',
  '2.5.1',
  '2.6',
  '2.7',
  '2.7.1',
  '2.8',
  '2.8.1',
  '2.8.2',
  '2.9',
];
const PROCESSING = ['P', 'T', 'D'];

const refuse = (field: number, condition: 101 | 103 | 200 | 201 | 202 | 203, detail: string): Hl7Error =>
  new Hl7Error(detail, { condition, at: { segment: 'MSH', field } });

/** Whether messages of this type are received, as far as a receiver names types. */
export const isReceived = (message: Hl7Message, { types = [] }: Hl7Receiver): boolean => {
  const [type, event] = [message.text('MSH-9.1'), message.text('MSH-9.2')];
  return types.includes(type) || types.includes(`${type}^${event}`);
};

const checkControlId = (message: Hl7Message): void => {
  if (message.text('MSH-10') === '') throw refuse(10, 101, 'The message has no control id, so no reply could name it');
};

/** What a header says that is the same in each message of a sender. */
const checkSame = (message: Hl7Message, receiver: Hl7Receiver): void => {
  const { types } = receiver;
  const type = message.text('MSH-9.1');
  if (type === '') throw refuse(9, 200, 'The message does not say what type it is');
  checkControlId(message);
  if (types !== undefined && !isReceived(message, receiver)) {
    const known = types.some((one) => one.startsWith(`${type}^`));
    const others = types.length === 0 ? 'nothing but answers is' : `${types.join(', ').replaceAll('^', ' ')} are`;
    throw refuse(9, known ? 201 : 200, `This is not received here; ${others}`);
  }
  const processing = message.text('MSH-11.1');
  if (processing !== '' && !PROCESSING.includes(processing))
    throw refuse(11, 202, `The processing id is none of ${PROCESSING.join(', ')}`);
  const version = message.text('MSH-12.1');
  if (version !== '' && !VERSIONS.includes(version))
    throw refuse(12, 203, `The version is none of ${VERSIONS.join(', ')}`);
};

/**
 * What the rules ask of MSH before anybody looks at the content. MSH-11 and MSH-12 may be empty, as in many messages that are
 * sent; what they say has to be known. Throws Hl7Error. `takenBy` is where those are kept who take messages with such a header.
 */
export const checkHeader = (
  message: Hl7Message,
  receiver: Hl7Receiver,
  takenBy: WeakSet<Hl7Receiver> = new WeakSet(),
): void => {
  if (takenBy.has(receiver)) checkControlId(message);
  else {
    checkSame(message, receiver);
    takenBy.add(receiver);
  }
  if (message.bytes.includes(0))
    throw new Hl7Error('The message holds NUL characters, which no store can keep as text');
  if (!message.readable)
    throw refuse(18, 103, 'The character set is not known here; ASCII, 8859/1, 8859/15 and UNICODE UTF-8 are');
};

/** Fields that hold the numbers of a person, by segment. */
const PERSONS: Readonly<Record<string, readonly number[]>> = {
  PID: [2, 3, 4, 19],
  MRG: [1, 2, 4],
  NK1: [12, 33],
};
const LAST_OF_PERSONS = 33;
const NONE: readonly Fault[] = [];
/** In a text without it no words call anything an NHS number. */
const NHS = /nhs/i;

/**
 * NHS numbers that may be a real person's: in any field, what is a CX with the assigning authority NHS (`9000000009^^^NHS`)
 * or the type NH (`9000000009^^^^NH`), or an XCN with either (QRD-8 of a query: `9000000009^^^^^^^^^^^^NH`); among the numbers
 * of a person, what says neither; and what words call an NHS number.
 */
export const findRealNumbers = (message: Hl7Message): readonly Fault[] => {
  if (!mayHoldRealDigits(message.bytes)) return NONE;
  const lines = message.lines();
  const { field, component, repetition, subcomponent } = message.delimiters;
  const found: Fault[] = [];
  const first = (text: string): string => (subcomponent === undefined ? text : (text.split(subcomponent)[0] ?? ''));
  const look = (text: string, isPersons: boolean): void => {
    const end = text.indexOf(component);
    const number = (end < 0 ? text : text.slice(0, end)).replaceAll(' ', '');
    if (number.length !== 10 || !isReal(number)) return;
    const [, , , authority = '', type = '', , , , other = '', , , , otherType] = text.split(component);
    const isNhs = [authority, other].map(first).includes('NHS') || type === 'NH' || otherType === 'NH';
    let finding: NhsNumberFinding | undefined;
    if (isNhs) finding = judgeNhsNumber(number, false);
    else if (isPersons && authority === '' && type === '') finding = judgeBareNumber(number, false, 'PID');
    if (finding?.kind === 'real') found.push(finding.fault);
  };
  // Of a line as of its fields, few are looked at further.
  const lookAtEach = (text: string, isPersons: boolean): void => {
    for (const one of repetition === undefined ? [text] : text.split(repetition)) look(one, isPersons);
  };
  for (const line of lines) {
    const persons = PERSONS[line.slice(0, 3)];
    let end = 0;
    if (persons !== undefined)
      for (const [index, text] of line.split(field, LAST_OF_PERSONS + 1).entries()) {
        const isPersons = persons.includes(index);
        if (isPersons || text.includes('NH')) lookAtEach(text, isPersons);
        end += text.length + 1;
      }
    for (let at = line.indexOf('NH', end); at >= 0; at = line.indexOf('NH', end)) {
      const next = line.indexOf(field, at);
      end = next < 0 ? line.length : next;
      lookAtEach(line.slice(line.lastIndexOf(field, at) + 1, end), false);
    }
  }
  if (found.length === 0 && lines.some((line) => NHS.test(line) && mayHoldReal(line) && saysReal(line)))
    found.push({ detail: PERHAPS_REAL, at: 'message' });
  return found;
};
