import { describe, expect, it } from 'vitest';
import { validateResource } from '../../fhir/validate.ts';
import { parseMessage } from '../message.ts';
import { isJson, type Json } from './element.ts';
import { ADT_A01, ADT_A03, ADT_A11, ADT_A31, ADT_A40, ALL, ORU_R01 } from './messages.test-data.ts';
import { toFhir } from './to-fhir.ts';

const convert = (text: string) => toFhir(parseMessage(text));
const resourcesOf = (text: string, type: string): readonly Json[] => {
  const { entry } = convert(text).bundle;
  return (Array.isArray(entry) ? entry : [])
    .map((one): unknown => one.resource)
    .filter(isJson)
    .filter(({ resourceType }) => resourceType === type);
};
const only = (text: string, type: string): Json => {
  const [found, ...more] = resourcesOf(text, type);
  if (found === undefined || more.length > 0) throw new Error(`there is not one ${type}`);
  return found;
};

describe('a message as FHIR', () => {
  it.each(Object.entries(ALL))('%s gives a Bundle that is valid FHIR, and always the same', (_, text) => {
    const { bundle } = convert(text);
    expect(validateResource(bundle)).toEqual([]);
    expect(convert(text)).toEqual(convert(text));
    expect(bundle).toMatchObject({ type: 'message', identifier: { value: parseMessage(text).text('MSH-10') } });
  });

  it.each(
    Object.entries({
      ADT_A01: ['Patient', 'RelatedPerson', 'Encounter', 'AllergyIntolerance', 'Condition', 'Practitioner', 'Location'],
      ORU_R01: ['DiagnosticReport', 'ServiceRequest', 'Observation', 'Specimen'],
      REF_I12: ['ServiceRequest', 'Practitioner', 'Condition', 'Observation'],
      SIU_S12: ['Appointment', 'Location', 'Practitioner'],
      MDM_T02: ['DocumentReference'],
      VXU_V04: ['Immunization', 'Organization'],
      PPR_PC1: ['Patient'],
    } satisfies Partial<Record<keyof typeof ALL, readonly string[]>>),
  )('%s gives these resources', (name, types) => {
    const text = Object.entries(ALL).find(([key]) => key === name)?.[1] ?? '';
    for (const type of types) expect(resourcesOf(text, type).length, type).toBeGreaterThan(0);
  });

  it('reads a patient as England sends one', () => {
    expect(only(ADT_A01, 'Patient')).toMatchObject({
      identifier: [
        {
          system: 'https://fhir.nhs.uk/Id/nhs-number',
          value: '9990000018',
          extension: [{ valueCodeableConcept: { coding: [{ code: '01' }, { code: 'NSTS01' }] } }],
        },
        { value: 'H1234567', assigner: { identifier: { value: 'RXX01' } }, type: { coding: [{ code: 'MR' }] } },
      ],
      name: [{ family: 'TESTPATIENT', given: ['ADA', 'MAY'], prefix: ['MRS'], use: 'official' }],
      birthDate: '1950-01-31',
      gender: 'female',
      address: [{ line: ['1 INVENTED STREET', 'FLAT 2'], postalCode: 'ZZ99 3VZ', use: 'home' }],
      telecom: [
        { value: '01632 960001', use: 'home', system: 'phone' },
        { value: '01632 960002', use: 'work', system: 'phone' },
      ],
      contact: [{ name: { family: 'EMERGENCY' } }],
    });
  });

  it('reads a visit, its status from the event', () => {
    expect(only(ADT_A01, 'Encounter')).toMatchObject({
      status: 'in-progress',
      class: { code: 'IMP' },
      identifier: [{ value: 'V100', type: { coding: [{ code: 'VN' }] } }],
      period: { start: '2026-03-01T10:00:00+00:00' },
      location: [{ status: 'active' }, { status: 'completed' }],
      participant: [{ type: [{ coding: [{ code: 'ATND' }] }] }, { type: [{ coding: [{ code: 'REF' }] }] }],
    });
    expect(only(ADT_A03, 'Encounter')).toMatchObject({
      status: 'finished',
      period: { end: '2026-03-03T12:00:00+00:00' },
    });
    expect(only(ADT_A11, 'Encounter')).toMatchObject({ status: 'cancelled' });
  });

  it('tells null from what is not sent', () => {
    const { removed } = convert(ADT_A31);
    expect(removed.map(({ element, from }) => `${element} ${from}`)).toEqual([
      'address PID-11',
      'telecom[use=home] PID-13',
    ]);
    const patient = only(ADT_A31, 'Patient');
    expect(patient).toMatchObject({ birthDate: '1950-01', gender: 'other', deceasedDateTime: '2026-02-28' });
    expect(Object.keys(patient)).not.toContain('telecom');
    expect(Object.keys(patient)).not.toContain('deceasedBoolean');
    expect(resourcesOf(ADT_A31, 'Encounter')).toEqual([]);
  });

  it('links who survives a merge and who is retired (V2-12)', () => {
    const [survivor, retired] = resourcesOf(ADT_A40, 'Patient');
    expect(survivor).toMatchObject({ identifier: [{ value: '9990000018' }], link: [{ type: 'replaces' }] });
    expect(retired).toMatchObject({
      active: false,
      identifier: [{ value: 'H7654321' }],
      link: [{ type: 'replaced-by', other: { reference: `urn:uuid:${survivor?.id}` } }],
    });
  });

  it('reads results of each type of value, with the note and the specimen where they belong', () => {
    const observations = resourcesOf(ORU_R01, 'Observation');
    expect(observations).toMatchObject([
      {
        valueQuantity: { value: 132, unit: 'gram per litre', code: 'g/L', system: 'http://unitsofmeasure.org' },
        note: [{ text: 'Checked twice' }],
        status: 'final',
        interpretation: [{ coding: [{ code: 'N' }, { code: 'N' }] }],
      },
      { valueQuantity: { value: 4, comparator: '<', unit: '10*9/L' } },
      { valueString: 'Line one\nLine two', status: 'preliminary' },
      { valueCodeableConcept: { coding: [{ code: '112144000' }] } },
    ]);
    const report = only(ORU_R01, 'DiagnosticReport');
    expect(report).toMatchObject({ status: 'final', effectiveDateTime: '2026-03-01T09:00:00+00:00' });
    expect(report.result).toHaveLength(observations.length);
    expect(report.specimen).toEqual([{ reference: `urn:uuid:${only(ORU_R01, 'Specimen').id}` }]);
    expect(only(ORU_R01, 'ServiceRequest')).toMatchObject({ note: [{ text: 'Sample was haemolysed' }] });
  });

  it.each([
    [
      'NM',
      '1~2.5~3',
      [{ valueQuantity: { value: 1 } }, { valueQuantity: { value: 2.5 } }, { valueQuantity: { value: 3 } }],
    ],
    ['CE', 'A^First^SCT~B^Second^SCT', [{ valueCodeableConcept: { coding: [{ code: 'A' }] } }, {}]],
    ['DT', '20260301~soon', [{ valueDateTime: '2026-03-01' }, { valueString: 'soon' }]],
  ])('keeps several values of type %s, each with the code', (type, values, expected) => {
    const text = ORU_R01.replace(/OBX\|1\|NM\|([^|]*)\|([^|]*)\|[^|]*/, `OBX|1|${type}|$1|$2|${values}`);
    const [observation] = resourcesOf(text, 'Observation');
    expect(observation?.component).toMatchObject(expected.map((one) => ({ ...one, code: observation?.code })));
    expect(Object.keys(observation ?? {}).filter((name) => name.startsWith('value'))).toEqual([]);
    expect(convert(text).dropped.filter(({ from }) => from.startsWith('OBX[1]-5'))).toEqual([]);
  });

  it('gives an appointment the end that its length says', () => {
    expect(only(ALL.SIU_S12, 'Appointment')).toMatchObject({
      status: 'booked',
      start: '2026-04-01T09:30:00+01:00',
      end: '2026-04-01T09:50:00+01:00',
      comment: 'Bring your medicines',
    });
  });

  it('says where an element came from, and why a field went nowhere', () => {
    const { lineage, dropped } = convert(ALL.MDM_T02);
    expect(lineage).toContainEqual(
      expect.objectContaining({ resourceType: 'Patient', element: 'birthDate', from: 'PID-7', kind: 'value' }),
    );
    expect(lineage).toContainEqual(
      expect.objectContaining({
        resourceType: 'DocumentReference',
        element: 'content[0].attachment.data',
        from: 'OBX-5[1].5',
      }),
    );
    expect(dropped).toContainEqual({ from: 'OBX-11', value: 'F', reason: "the status is the document's" });
    expect(convert(ALL.PPR_PC1).dropped).toContainEqual({
      from: 'PRB-1',
      value: 'AD',
      reason: 'PRB has no map in this message',
    });
    const odd = convert(ADT_A01.replace('19500131', '19501331').replace('^PRN^', '^QQQ^')).dropped;
    expect(odd).toContainEqual({ from: 'PID-7', value: '19501331', reason: '"19501331" is no date of FHIR' });
    expect(odd).toContainEqual({ from: 'PID-13[1].2', value: 'QQQ', reason: 'telecom-use has no code for "QQQ"' });
  });

  it.each([
    ['that of MSH-7', '20260301101500-0500', '-05:00'],
    ['the one that is given, where MSH-7 has none', '20260301101500', '+01:00'],
    ['the one that is given, where MSH-7 is no time', '+0200', '+01:00'],
  ])('reads times without a zone in %s', (_, sent, zone) => {
    const { bundle } = toFhir(parseMessage(ORU_R01).set('MSH-7', sent), { zone: '+01:00' });
    expect(JSON.stringify(bundle)).toContain(`"effectiveDateTime":"2026-03-01T09:00:00${zone}"`);
  });
});
