import { describe, expect, it } from 'vitest';
import { ADT_A40_ACCOUNT, ADT_ROLES, DETAILED, OML_DETAILS, ORM_TIMED, ORU_DETAILS } from './details.test-data.ts';
import { coded, read, told } from './read-resources.test-data.ts';

describe('who takes part', () => {
  it('ROL and PRT behind the patient are the GP, and the care team', () => {
    const { of } = read(ADT_ROLES);
    const [patient] = of('Patient');
    expect(patient).toMatchObject({
      generalPractitioner: [
        { name: 'TEST SURGERY' },
        { identifier: [{ value: 'G1234567' }] },
        {
          resourceType: 'PractitionerRole',
          code: [{ coding: [{ code: '446050000', system: 'http://snomed.info/sct' }, { code: 'PP' }] }],
          practitioner: { identifier: [{ value: 'G1234567' }] },
          organization: { identifier: [{ value: 'Y12345' }], address: [{ line: ['3 INVENTED LANE'] }] },
          period: { start: '2020-01-01' },
          telecom: [{ value: '01632 960010' }],
          location: [{ name: 'SURGERY1' }],
        },
        { resourceType: 'PractitionerRole', organization: { type: [coded('ORG')] }, specialty: [coded('394')] },
      ],
    });
    const [team, ...others] = of('CareTeam');
    expect(others).toEqual([]);
    expect(team).toMatchObject({
      subject: { resourceType: 'Patient' },
      participant: [
        {
          role: [coded('MDIR'), coded('MD')],
          member: { address: [{ line: ['5 INVENTED LANE'] }], telecom: [{ value: '01632 960011' }] },
          onBehalfOf: { name: 'Invented Trust' },
          period: { end: '2027-01-01' },
        },
        { role: [coded('RT')], member: { name: 'Invented Clinic' } },
        {
          role: [{ coding: [{ code: 'ATND' }, { code: 'AT' }] }, coded('MD')],
          member: { identifier: [{ value: 'C8' }] },
        },
      ],
    });
  });

  it('ROL and PRT behind the visit are its participants, and behind a procedure its performers', () => {
    const { of, dropped } = read(ADT_ROLES);
    const [encounter] = of('Encounter');
    expect(encounter).toMatchObject({
      participant: [
        { individual: { resourceType: 'Practitioner' } },
        { individual: { resourceType: 'Practitioner' } },
        {
          type: [{ coding: [{ code: 'ATND' }, { code: 'AT' }] }],
          period: { start: '2026-03-01T10:00:00+00:00', end: '2026-03-02T10:00:00+00:00' },
          individual: {
            practitioner: { address: [{ line: ['8 INVENTED LANE'] }] },
            organization: { name: 'Invented Trust' },
          },
        },
        {
          type: [{ coding: [{ code: 'CON' }, { code: 'CP' }] }],
          individual: { practitioner: { identifier: [{ value: 'C7' }] } },
        },
      ],
    });
    const [procedure] = of('Procedure');
    expect(procedure).toMatchObject({
      performer: [{}, { function: coded('AP'), actor: { practitioner: { identifier: [{ value: 'C6' }] } } }],
    });
    expect(dropped).toContainEqual(told('the role is taken back (ROL-2)'));
    expect(dropped).toContainEqual(told('HL7 maps no role in an insurance'));
  });

  it('ORC says who asked, who entered and checked it, and what became of it', () => {
    const { of } = read(OML_DETAILS);
    expect(of('Provenance')).toMatchObject([
      { entity: [{ role: 'source', what: { deviceName: [{ name: 'PASTOR' }] } }] },
      {
        target: [{ resourceType: 'ServiceRequest', identifier: [{ value: 'P8' }] }],
        activity: coded('CREATE'),
        recorded: '2026-03-01T09:10:00+00:00',
        agent: [
          { type: coded('enterer'), who: { identifier: [{ value: 'E1' }] }, onBehalfOf: { name: 'Entering' } },
          { type: coded('verifier') },
          { type: coded('author'), who: { identifier: [{ value: 'C1234567' }] } },
          { type: coded('performer') },
          { who: { resourceType: 'Device', deviceName: [{ name: 'Terminal' }] } },
        ],
        location: { name: 'Invented Surgery', address: { line: ['1 ORDER ROAD'] } },
      },
    ]);
    const [request] = of('ServiceRequest');
    expect(request).toMatchObject({
      requester: {
        practitioner: { address: [{ line: ['2 ORDER ROAD'] }] },
        organization: { address: [{ line: ['1 ORDER ROAD'] }] },
      },
      meta: { security: [{ code: 'R' }] },
      extension: [{ valueContactPoint: { value: '01632 960016' } }, { valueCodeableConcept: coded('R1') }],
    });
    expect(read(ORM_TIMED).of('ServiceRequest')).toMatchObject([
      { requester: { name: 'Invented Surgery', address: [{ line: ['1 ORDER ROAD'] }], telecom: [{}] } },
    ]);
  });

  it('PRT in a report is who made it, who read it, and what was done where with what', () => {
    const { of } = read(ORU_DETAILS);
    const [report] = of('DiagnosticReport');
    expect(report).toMatchObject({
      performer: [{ practitioner: { identifier: [{ value: 'B1' }] } }],
      resultsInterpreter: [{}, { practitioner: { identifier: [{ value: 'C3' }] } }],
    });
    const [observation] = of('Observation');
    expect(observation).toMatchObject({
      device: { identifier: [{ value: 'D1' }], udiCarrier: [{ deviceIdentifier: 'UDI1' }] },
      extension: [{ valueReference: { name: 'LAB3' } }, { valueReference: { address: { line: ['9 INVENTED LANE'] } } }],
      performer: [{ practitioner: { identifier: [{ value: 'C2' }] } }],
    });
  });
});

describe('an admission', () => {
  it('names the account, the software, and who last changed the patient', () => {
    const { of } = read(ADT_ROLES);
    expect(of('Account')).toMatchObject([
      { status: 'active', identifier: [{ value: 'A77' }], subject: [{ gender: 'female' }] },
    ]);
    expect(of('Encounter')).toMatchObject([{ account: [{ identifier: [{ value: 'A77' }] }] }]);
    expect(of('MessageHeader')).toMatchObject([{ source: { software: 'PASTOR', version: '7.2' } }]);
    expect(of('Provenance')).toMatchObject([
      { entity: [{ role: 'source' }, { role: 'derivation', what: { deviceName: [{ name: 'ROUTER' }] } }] },
      {
        activity: coded('UPDATE'),
        target: [{ gender: 'female' }],
        agent: [{ who: { identifier: [{ value: 'RXX01' }] } }],
      },
    ]);
    expect(read(ADT_A40_ACCOUNT).of('Account')).toMatchObject([{ status: 'unknown', subject: [{ active: false }] }]);
  });

  it('names who is insured: a relative, or the patient', () => {
    expect(read(ADT_ROLES).of('Coverage')).toMatchObject([
      {
        subscriber: {
          resourceType: 'RelatedPerson',
          ...{
            name: [{ family: 'PAYER' }],
            birthDate: '1970-01-01',
            gender: 'female',
            address: [{ line: ['2 CITY ROAD'] }],
          },
        },
        policyHolder: { name: 'Employer Ltd', identifier: [{ value: 'E1' }] },
        payor: [{ name: 'INSURER', address: [{ line: ['1 CITY ROAD'] }], telecom: [{ value: '01632 960015' }] }],
      },
      { subscriber: { resourceType: 'Patient' } },
    ]);
  });

  it.each(Object.entries(DETAILED))('%s gives every dropped field a reason of its own', (_, text) => {
    expect(read(text).dropped.filter(({ reason }) => reason.startsWith('no rule for'))).toEqual([]);
  });
});
