import { describe, expect, it } from 'vitest';
import { converted } from './converted.test-data.ts';
import type { Json } from './element.ts';
import { ADT_A01, ADT_A31, ALL, ORU_R01 } from './messages.test-data.ts';

type Case = readonly [name: string, text: string, values: Readonly<Record<string, string>>, type: string, is: Json];

describe('what senders write that HL7 has otherwise, or had', () => {
  it.each<Case>([
    [
      'a number out of reach is a quantity that says so',
      ORU_R01,
      { 'OBX-5': '<5' },
      'Observation',
      { valueQuantity: { value: 5, comparator: '<', unit: 'gram per litre', code: 'g/L' } },
    ],
    ['a number may begin with its point', ORU_R01, { 'OBX-5': '.5' }, 'Observation', { valueQuantity: { value: 0.5 } }],
    ['numbers in a text keep their unit', ORU_R01, { 'OBX-5': '1,200' }, 'Observation', { valueString: '1,200 g/L' }],
    [
      'the lines of a document, each an OBX',
      ALL.MDM_T02.replace(/OBX[^\r]*\r/, ['One', 'Two', 'Three'].map((line) => `OBX|1|TX|R||${line}\r`).join('')),
      {},
      'DocumentReference',
      { content: [{ attachment: { data: Buffer.from('One\nTwo\nThree').toString('base64') } }] },
    ],
    [
      'what formats a text is not in it',
      ORU_R01,
      {
        'OBX-2': 'FT',
        'OBX-5': String.raw`\H\Bold\N\ text\.br\next\.sp2\two\.in+4\ \.ce\three \Z1\ \E\.`,
      },
      'Observation',
      { valueString: String.raw`Bold text|next||two |three \Z1\ \.`.replaceAll('|', '\n') },
    ],
    [
      'lines that an escape counts, as far as a reader would',
      ORU_R01,
      { 'OBX-2': 'FT', 'OBX-5': String.raw`a\.sp999\b` },
      'Observation',
      { valueString: `a${'\n'.repeat(20)}b` },
    ],
    [
      'base64 that is not filled up is',
      ORU_R01,
      { 'OBX-2': 'ED', 'OBX-5': '^application^pdf^Base64^JVBERi0xLjQ' },
      'Observation',
      { extension: [{ valueAttachment: { contentType: 'application/pdf', data: 'JVBERi0xLjQ=' } }] },
    ],
    [
      'more fractions of a second than HL7 has',
      ADT_A01,
      { 'PV1-44': '20260301000000.123456' },
      'Encounter',
      { period: { start: '2026-03-01T00:00:00.123456+00:00' } },
    ],
    [
      'a zone with a colon',
      ADT_A01,
      { 'PV1-44': '20260301000000-04:00' },
      'Encounter',
      { period: { start: '2026-03-01T00:00:00-04:00' } },
    ],
    [
      'the suffix of a code',
      ORU_R01,
      { 'OBX-3': '71020&IMP^Chest' },
      'Observation',
      { code: { coding: [{ code: '71020&IMP', display: 'Chest' }] } },
    ],
    [
      'a name in components where HL7 has subcomponents',
      ORU_R01.replace('L1&LAB&ROSALIND', 'L9^READER^RHEA^^^DR'),
      { 'OBR-35': 'T1^20260301', 'ORC-12': '', 'OBR-16': '' },
      'Practitioner',
      { identifier: [{ value: 'L9' }], name: [{ family: 'READER', given: ['RHEA'], prefix: ['DR'] }] },
    ],
    [
      'the check digit of a number',
      ADT_A31,
      { 'PID-3': 'H1^5^M10^RXX01' },
      'Patient',
      { identifier: [{ value: 'H1', extension: [{ valueString: '5' }, { valueString: 'M10' }] }] },
    ],
    [
      'letters that Windows calls 8859/1',
      ADT_A31,
      { 'MSH-18': '8859/1', 'PID-5': 'O\x92BRIEN' },
      'Patient',
      { name: [{ family: 'O’BRIEN' }] },
    ],
    [
      'an NHS number in groups',
      ADT_A31,
      { 'PID-3': '999 000 0018^^^NHS' },
      'Patient',
      { identifier: [{ value: '9990000018' }] },
    ],
    [
      'a death whose date cannot be read',
      ADT_A01,
      { 'PID-29': 'unknown', 'PID-30': 'Y' },
      'Patient',
      { deceasedBoolean: true },
    ],
    [
      'a death whose date is said',
      ADT_A01,
      { 'PID-29': '20260301', 'PID-30': 'N' },
      'Patient',
      { deceasedDateTime: '2026-03-01' },
    ],
    [
      'the event of a message of v2.1',
      ADT_A01,
      { 'MSH-9': 'ADT', 'EVN-1': 'A03', 'MSH-12': '2.1' },
      'Encounter',
      { status: 'finished' },
    ],
  ])('%s', (_, text, values, type, is) => {
    expect(converted(text, values).first(type)).toMatchObject(is);
  });
});
