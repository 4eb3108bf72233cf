import { judgeNhsNumber, type NhsNumberFinding } from '../nhs-number.ts';
import { canRead } from './charset.ts';
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

/**
 * What the rules ask of MSH before anybody looks at the content. MSH-11 and MSH-12 may be empty, as in many messages that are
 * sent; what they say has to be known. Throws Hl7Error.
 */
export const checkHeader = (message: Hl7Message, { types }: Hl7Receiver): void => {
  const [type, event] = [message.text('MSH-9.1'), message.text('MSH-9.2')];
  if (type === '') throw refuse(9, 200, 'The message does not say what type it is');
  if (message.text('MSH-10') === '') throw refuse(10, 101, 'The message has no control id, so no reply could name it');
  if (types !== undefined && !types.includes(type) && !types.includes(`${type}^${event}`)) {
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
  const text = message.lines().join('');
  if (text.includes('\0')) throw new Hl7Error('The message holds NUL characters, which no store can keep as text');
  if (!canRead(message.charset.name, text))
    throw refuse(18, 103, 'The character set is not known here; ASCII, 8859/1, 8859/15 and UNICODE UTF-8 are');
};

/**
 * NHS numbers that may be a real person's: in any field, what is a CX with the assigning authority NHS (`9000000009^^^NHS`)
 * or the type NH (`9000000009^^^^NH`), or an XCN with either (QRD-8 of a query: `9000000009^^^^^^^^^^^^NH`).
 */
export const findRealNumbers = (message: Hl7Message): readonly NhsNumberFinding[] => {
  const { field, component, repetition, subcomponent } = message.delimiters;
  const found: NhsNumberFinding[] = [];
  const look = (text: string): void => {
    const parts = text.split(component);
    const [number = '', , , authority = '', type, , , , other = ''] = parts;
    const named = [authority, other].map((one) => (subcomponent === undefined ? one : one.split(subcomponent)[0]));
    if (!named.includes('NHS') && type !== 'NH' && parts[12] !== 'NH') return;
    const finding = judgeNhsNumber(number.replaceAll(' ', ''), false);
    if (finding?.kind === 'real') found.push(finding);
  };
  // Of a line as of its fields, few are looked at further.
  for (const line of message.lines())
    if (line.includes('NH'))
      for (const text of line.split(field))
        if (text.includes('NH'))
          for (const one of repetition === undefined ? [text] : text.split(repetition)) look(one);
  return found;
};
