import { describe, expect, it } from 'vitest';
import { validateResource } from '../../fhir/validate.ts';
import { parseMessage } from '../message.ts';
import { converted } from './converted.test-data.ts';
import { isJson, type Json } from './element.ts';
import { ADT_A01, ADT_A03, ADT_A31, ALL, ORU_R01 } from './messages.test-data.ts';
import { toFhir } from './to-fhir.ts';

type Case = readonly [name: string, text: string, values: Readonly<Record<string, string>>, type: string, is: Json];

describe('values as they are sent', () => {
  it.each<Case>([
    ['a number that is none stays its text', ORU_R01, { 'OBX-5': 'few' }, 'Observation', { valueString: 'few' }],
    [
      'a time of day with a zone, which FHIR has not, stays its text',
      ORU_R01,
      { 'OBX-2': 'TM', 'OBX-5': '1230+0100' },
      'Observation',
      { valueString: '1230+0100' },
    ],
    [
      'which results belong together is kept',
      ORU_R01,
      { 'OBX-4': '1.2' },
      'Observation',
      { extension: [{ extension: [{ url: 'original-sub-identifier', valueString: '1.2' }] }] },
    ],
    [
      'an address of mail is no telephone number',
      ADT_A01,
      { 'PID-13': '^NET^^ada@example.org' },
      'Patient',
      { telecom: [{ system: 'email', value: 'ada@example.org' }, {}] },
    ],
    [
      'a stay over the night on which the clocks go forward ends after it began',
      ADT_A03,
      { 'PV1-44': '20260329010000+0100', 'PV1-45': '20260329003000+0000' },
      'Encounter',
      { period: { start: '2026-03-29T01:00:00+01:00', end: '2026-03-29T00:30:00+00:00' } },
    ],
    [
      'P is separated in England and domestic partner elsewhere: it stays what was sent',
      ADT_A01,
      { 'PID-16': 'P' },
      'Patient',
      { maritalStatus: { coding: [{ code: 'P', system: 'http://terminology.hl7.org/CodeSystem/v2-0002' }] } },
    ],
    ['an order that was replaced is over', ALL.ORM_O01, { 'ORC-5': 'RP' }, 'ServiceRequest', { status: 'revoked' }],
    [
      'a diagnosis that is deleted was an error',
      ADT_A01,
      { 'DG1-21': 'D' },
      'Condition',
      {
        verificationStatus: { coding: [{ code: 'entered-in-error' }] },
      },
    ],
  ])('%s', (_, text, values, type, is) => {
    expect(converted(text, values).first(type)).toMatchObject(is);
  });

  it.each([
    ['PID-7', '00000000'],
    ['PID-7', '0000'],
    ['PID-7', '20260230'],
    ['PV1-44', '20260301100000+1430'],
    ['PV1-44', '2026030124'],
    ['PID-15', '\\X01\\'],
    ['PID-15', 'en  gb'],
  ])('%s of %s is nothing that FHIR can say, and is listed', (path, value) => {
    const { dropped, lineage } = converted(ADT_A01, { [path]: value });
    expect(dropped.filter(({ from }) => from === path)).toHaveLength(1);
    expect(lineage.filter(({ from, kind }) => from === path && kind === 'value')).toEqual([]);
  });
});

describe('what belongs to a message of another kind', () => {
  const [order, diagnosis] = ['ORC|NW|P5^PLACER\rOBR|1|P5^PLACER||X^Letter^L\r', 'DG1|1||R05^Cough^I10\r'];
  const insured = 'IN1|1|P1^Plan|C1|INSURER^^C1\r';
  it.each([
    ['an order of a document', ALL.MDM_T02.replace('TXA', `${order}TXA`), 'DocumentReference', 'context.related'],
    ['a diagnosis of an appointment', ALL.SIU_S12.replace('RGS', `${diagnosis}RGS`), 'Appointment', 'reasonReference'],
    ['insurance of an order', ALL.ORM_O01.replace('ORC', `${insured}ORC`), 'Coverage', 'beneficiary'],
  ])('%s', (_, text, type, path) => {
    const [name = '', inner] = path.split('.');
    const found = converted(text, {}).first(type)[name];
    expect(JSON.stringify(inner === undefined || !isJson(found) ? found : found[inner])).toContain('urn:uuid:');
  });
});

describe('HL7 null', () => {
  it.each([
    ['PID-14', 'telecom[use=work]'],
    ['PID-22', 'extension[url=https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory]'],
    ['PID-5[1].7', 'name[0].use'],
    ['PD1-4', 'generalPractitioner[type=Practitioner]'],
  ])('in %s removes %s', (path, element) => {
    const { removed } = converted(ADT_A01, { [path]: '""' });
    expect(removed.map((one) => [one.from, one.element])).toEqual([[path, element]]);
  });

  it.each(['PID-3', 'PID-4', 'PID-32', 'MSH-8'])('in %s removes nothing, and is listed', (path) => {
    const { removed, dropped } = converted(ADT_A31.replace('|""', '|'), { [path]: '""', 'PID-11': '', 'PID-13': '' });
    expect(removed).toEqual([]);
    expect(dropped).toContainEqual({ from: path, value: '""', reason: expect.stringContaining('null') });
  });

  it('in MSH-5 leaves no destination that has a receiver alone', () => {
    expect(converted(ADT_A01, { 'MSH-5': '""' }).first('MessageHeader')).not.toHaveProperty('destination');
  });

  it('of a discharge that never was (A13) goes without saying', () => {
    const { removed } = converted(ADT_A01, { 'MSH-9.2': 'A13' });
    expect(removed.map(({ element }) => element)).toContain('period.end');
  });
});

describe('what a message leaves out', () => {
  it.each(Object.entries(ALL))(
    '%s without its PID is valid all the same, and says that nobody is named',
    (name, text) => {
      const message = parseMessage(text);
      message.removeSegment('PID');
      const { bundle, lineage } = toFhir(message);
      expect(validateResource(bundle)).toEqual([]);
      if (/RelatedPerson|AllergyIntolerance/.test(JSON.stringify(bundle)))
        expect(lineage, name).toContainEqual(expect.objectContaining({ element: 'patient.display', kind: 'assumed' }));
    },
  );

  it('is the status of a visit, which its class makes likely and no more', () => {
    const status = (text: string) =>
      text &&
      converted(text, {}).lineage.find(
        ({ element, resourceType }) => resourceType === 'Encounter' && element === 'status',
      );
    expect(status(ADT_A01.replace('ADT^A01', 'ADT^A08'))).toMatchObject({ kind: 'assumed', from: 'PV1-2' });
    expect(status(ADT_A01)).toMatchObject({ kind: 'constant', from: 'MSH-9[1].2' });
  });
});
