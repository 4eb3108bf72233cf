import { describe, expect, it } from 'vitest';
import { findRealNumbers } from './header-checks.ts';
import { factsOf } from './header-facts.ts';
import { parseMessage } from './message.ts';

const FIELDS = ['^~\\&', 'PAS', 'RCB', 'ROUTE', 'TIE', '2026', 'key', 'ADT^A01', 'M1', 'P', '2.4', '1', '', 'AL', 'NE'];
const VARY = [7, 10, 13];

/** A header of which the field of that number says something else. */
const header = (number?: number, value = 'other', separator = '|') =>
  parseMessage(['MSH', ...FIELDS.map((field, index) => (index + 2 === number ? value : field))].join(separator));

describe('what is known of a header', () => {
  it.each(VARY)('is the same whatever MSH-%i says', (number) => {
    expect(factsOf(header(number))).toBe(factsOf(header()));
    expect(factsOf(header(number, ''))).toBe(factsOf(header()));
  });

  const others = FIELDS.map((_, index) => index + 2).filter((number) => number > 2 && !VARY.includes(number));
  it.each(others)('is something else where MSH-%i is another', (number) => {
    expect(factsOf(header(number))).not.toBe(factsOf(header()));
  });

  it('is something else where a value stands in the next field, where the delimiters are others, and where it ends sooner', () => {
    const moved = parseMessage('MSH|^~\\&|PAS|RCB|ROUTE|TIE||2026key|ADT^A01|M1|P|2.4|1||AL|NE');
    const known = [header(), moved, header(undefined, '', '!'), header(2, '^~\\'), parseMessage('MSH|^~\\&|PAS|RCB')];
    expect(new Set(known.map(factsOf)).size).toBe(known.length);
  });
});

/** Valid, outside the test range, and no published example. */
const REAL = '4010232137';

describe('the number of a person', () => {
  const message = (field: string, delimiters = '^~\\&') =>
    findRealNumbers(parseMessage(Buffer.from(`MSH|${delimiters}|A|B\rPID|1||${field}\r`, 'latin1')));

  it.each([
    ['as it stands', `${REAL}^^^NHS`],
    ['with blanks as it is printed', '401 023 2137^^^NHS'],
    ['with blanks anywhere', ' 40 10232 13 7 ^^^NHS'],
    ['beside other digits', `12-34~${REAL}^^^NHS`],
    ['where a hyphen separates components', `${REAL}---NHS`, '-~\\&'],
    ['in words, with hyphens', 'X^^^Y||NHS no 401-023-2137'],
    ['in words, with fixed blanks', 'X^^^Y||NHS no: 401\u00a0023\u00a02137', '^~\\&'],
  ])('is found %s', (_, field, delimiters?: string) => {
    expect(message(field, delimiters)).toHaveLength(1);
  });

  it.each([
    ['a test number', '9000000009^^^NHS'],
    ['a part of more digits', `1${REAL}^^^NHS`],
    ['digits of a telephone number', '+44 401 023 2137^^^PHONE'],
  ])('is not %s', (_, field) => {
    expect(message(field)).toHaveLength(0);
  });
});
