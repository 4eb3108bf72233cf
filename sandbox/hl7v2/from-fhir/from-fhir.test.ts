import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hl7Error } from '../hl7-error.ts';
import { type Hl7Message, parseMessage } from '../message.ts';
import { ADT_A01, ADT_A03, ADT_A31, ADT_A40, ORU_R01 } from '../to-fhir/messages.test-data.ts';
import { toFhir } from '../to-fhir/to-fhir.ts';
import { fromFhir } from './from-fhir.ts';

const OPTIONS = { now: Date.parse('2026-03-01T10:00:00Z'), controlId: 'NEW1' };
const PATIENT = {
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
  name: [{ family: 'TESTPATIENT', given: ['ADA'] }],
  gender: 'female',
};

const there = (text: string): Hl7Message => parseMessage(text);
const andBack = (text: string): Hl7Message => parseMessage(fromFhir(toFhir(there(text)).bundle, OPTIONS).message);

/** What V2-14 says is kept on the way to FHIR and back. */
const KEPT = [
  'PID-3',
  'PID-5',
  'PID-7',
  'PID-8',
  'PID-11',
  'PID-13',
  'PID-14',
  'PID-29',
  'PID-30',
  'PV1-2',
  'PV1-3',
  'PV1-44',
  'PV1-45',
];

describe('FHIR as HL7 v2', () => {
  it.each([
    ['ADT A01', ADT_A01],
    ['ADT A03', ADT_A03],
    ['ORU R01', ORU_R01],
  ])('%s keeps the fields of V2-14 on the way to FHIR and back', (_, text) => {
    const [before, after] = [there(text), andBack(text)];
    for (const path of KEPT) expect(after.encoded(path), path).toBe(before.encoded(path));
    expect(after.text('PV1-19')).toBe(before.text('PV1-19'));
    for (const path of ['MSH-3', 'MSH-4', 'MSH-5', 'MSH-6', 'MSH-9', 'MSH-10'])
      expect(after.encoded(path), path).toBe(before.encoded(path));
  });

  it.each([
    ['PID-3', 'A1^^^PAS&1.2.3.4&ISO^MR~9990000018^^^NHS^NH~B2^^^&1.2.3&ISO^PI~C3^^^RXX01^MR'],
    ['PID-5', 'ONE^TWO^THREE^JR^MRS^^A~OLD^NAME^^^^^M'],
    ['PID-7', '19500131120000+0100'],
    ['PID-13', '07700 900001^PRS^CP~01632 960001^PRN^PH~^PRN^Internet^ada@example.org'],
    ['PV1-3', 'WARD1^ROOM^BED^RXX01^O^N^BLD^FL^Ward one'],
    ['PV1-3', '^ROOM^BED^^^^^^Ward one'],
    ['PV1-19', 'V1^^^PAS&1.2.3.4&ISO^VN'],
  ])('%s keeps all of its parts: %s', (path, value) => {
    expect(andBack(there(ADT_A01).setEncoded(path, value).toBytes().toString()).encoded(path)).toBe(value);
  });

  const word = fc
    .stringMatching(/^[A-Za-zéÖ|^~\\&' -]{1,12}$/)
    .filter((text) => text.trim() === text && !/ {2}/.test(text));
  const person = fc.record({
    'PID-3[1].1': fc.stringMatching(/^999\d{7}$/),
    'PID-5[1].1': word,
    'PID-5[1].2': word,
    'PID-7': fc.constantFrom('1950', '195001', '19500131', '20240229'),
    'PID-8': fc.constantFrom('0', '1', '2', '9', 'F', 'M'),
    'PID-11[1].1': word,
    'PID-11[1].3': word,
    'PID-11[1].5': fc.constantFrom('ZZ99 3VZ', 'ZZ99 3WZ'),
    'PID-13[1].1': word,
    'PID-29': fc.constantFrom('', '20260101', '202601011200+0000'),
    'PV1-2': fc.constantFrom('I', 'O', 'E', 'P', 'R', 'B'),
    'PV1-3[1].1': word,
    'PV1-19[1].1': fc.stringMatching(/^[A-Z0-9]{3,10}$/),
    'PV1-44': fc.constantFrom('20260301', '20260301100000+0100'),
  });

  it('keeps them for anybody', () => {
    fc.assert(
      fc.property(person, (values) => {
        const before = there(ADT_A01);
        for (const [path, value] of Object.entries(values)) before.set(path, value);
        const after = parseMessage(fromFhir(toFhir(before).bundle, OPTIONS).message);
        for (const path of Object.keys(values)) {
          const given = before.text(path);
          // A time to the minute has its seconds in FHIR.
          expect(after.text(path).replace(/^(\d{12})00(?=\+)/, '$1'), path).toBe(
            given.replace(/^(\d{12})00(?=\+)/, '$1'),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('writes results with their type, unit and notes', () => {
    const after = andBack(ORU_R01);
    expect(after.count('OBX')).toBe(4);
    expect(after.encoded('OBX[1]-5')).toBe('132');
    expect(after.encoded('OBX[1]-6')).toBe('g/L^gram per litre^UCUM');
    expect(after.encoded('OBX[2]-5')).toBe('<^4');
    expect(after.text('OBX[3]-5')).toBe('Line one\nLine two');
    expect([1, 2, 3, 4].map((one) => after.text(`OBX[${one}]-2`))).toEqual(['NM', 'SN', 'TX', 'CWE']);
    expect(after.encoded('OBR-2')).toBe('P1^PLACER');
    expect(after.text('NTE[2]-3')).toBe('Checked twice');
  });

  it.each(['NM|$1|$2|1~2.5~3', 'SN|$1|$2|<^4~^5', 'CWE|$1|$2|A^First^SCT~B^Second^SCT'])(
    'writes several values of one result as repetitions: %s',
    (field) => {
      const text = ORU_R01.replace(/OBX\|1\|NM\|([^|]*)\|([^|]*)\|[^|]*/, `OBX|1|${field}`);
      const [before, after] = [there(text), andBack(text)];
      for (const path of ['OBX[1]-2', 'OBX[1]-5']) expect(after.encoded(path), path).toBe(before.encoded(path));
      expect(
        fromFhir(toFhir(before).bundle, OPTIONS).dropped.filter(({ element }) => /component/.test(element)),
      ).toEqual([]);
    },
  );

  it('writes a patient alone as an update of a person, and says what is lost', () => {
    const { message, lineage, dropped } = fromFhir({ ...PATIENT, photo: [{ title: 'Portrait' }] }, OPTIONS);
    const written = parseMessage(message);
    expect(written.encoded('MSH-9')).toBe('ADT^A31^ADT_A05');
    expect(written.text('MSH-10')).toBe('NEW1');
    expect(written.text('MSH-7')).toBe('20260301100000.000+0000');
    expect(written.encoded('PID-3')).toBe('9990000018^^^NHS^NH');
    expect(written.text('PID-8')).toBe('2');
    expect(written.text('PV1-2')).toBe('N');
    expect(lineage).toContainEqual({ to: 'PID-8', entry: 0, resourceType: 'Patient', element: 'gender' });
    expect(dropped).toEqual([{ entry: 0, resourceType: 'Patient', element: 'photo[0].title', value: 'Portrait' }]);
  });

  it('takes the event that it is told', () => {
    expect(parseMessage(fromFhir(PATIENT, { ...OPTIONS, event: 'A28' }).message).encoded('MSH-9')).toBe(
      'ADT^A28^ADT_A05',
    );
    expect(parseMessage(fromFhir(PATIENT, { ...OPTIONS, event: 'ADT^A08' }).message).text('MSH-9.2')).toBe('A08');
  });

  it.each([
    ['an event that is not written', PATIENT, { event: 'A40' }, /"A40".*A01, A03, A08, A28, A31, R01/],
    ['nobody whom it would be about', { resourceType: 'Observation' }, {}, /no Patient/],
  ])('refuses %s', (_, given, told, why) => {
    expect(() => fromFhir(given, { ...OPTIONS, ...told })).toThrow(why);
    expect(() => fromFhir(given, { ...OPTIONS, ...told })).toThrow(Hl7Error);
  });

  it('refuses a merge that came from HL7 v2, for it would be written as an update', () => {
    expect(() => fromFhir(toFhir(there(ADT_A40)).bundle, OPTIONS)).toThrow(/"A40"/);
  });

  it('does not bring back what was to be removed', () => {
    expect(andBack(ADT_A31).encoded('PID-11')).toBe('');
  });
});
