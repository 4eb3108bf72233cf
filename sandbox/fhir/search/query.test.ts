import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMatches, parseSearch } from './query.ts';
import { OWN_BASE, openStockedStore, type StockedStore } from './stocked-store.ts';

let store: StockedStore;
const NHS = 'https://fhir.nhs.uk/Id/nhs-number';

beforeAll(async () => {
  store = await openStockedStore();
  await store.put(
    { resourceType: 'Organization', id: 'gp', name: 'The Surgery', identifier: [{ system: 'ods', value: 'Y12345' }] },
    {
      resourceType: 'Patient',
      id: 'ann',
      active: true,
      meta: {
        lastUpdated: '2026-01-01T00:00:00.000Z',
        tag: [{ system: 't', code: 'vip' }],
        profile: ['http://x/p/one'],
      },
      identifier: [{ system: NHS, value: '9990000018' }, { value: 'LOCAL-1' }],
      name: [{ family: 'O’Neill', given: ['Ánn', 'Mary Jane'] }],
      gender: 'female',
      birthDate: '1980-05-06',
      address: [{ city: 'Leeds', postalCode: 'LS1 4AP' }],
      telecom: [
        { system: 'phone', value: '01632 960 001' },
        { system: 'email', value: 'Ann@Example.org' },
      ],
      generalPractitioner: [{ reference: 'Organization/gp' }],
      managingOrganization: { identifier: { system: 'ods', value: 'X1' } },
    },
    {
      resourceType: 'Patient',
      id: 'bob',
      gender: 'male',
      birthDate: '1980',
      name: [{ family: 'Smith, Jr' }],
      deceasedDateTime: '2020-01-01T10:00:00+01:00',
    },
    {
      resourceType: 'Patient',
      id: 'cy',
      name: [{ family: 'Smithson' }],
      deceasedBoolean: false,
      generalPractitioner: [{ reference: 'https://me/FHIR/R4/Organization/gp' }],
    },
    {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
      subject: { reference: 'Patient/ann' },
      effectiveDateTime: '2026-01-05T12:00:00Z',
      valueQuantity: { value: 72.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    },
    {
      resourceType: 'Observation',
      id: 'o2',
      status: 'amended',
      code: { text: 'weight' },
      subject: { reference: 'Patient/bob' },
      effectivePeriod: { start: '2026-01-01', end: '2026-01-31' },
      valueQuantity: { value: 100, comparator: '<', unit: 'kg' },
      hasMember: [{ reference: 'Observation/o1' }],
    },
    {
      resourceType: 'Observation',
      id: 'o3',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: 'x' }] },
      effectiveInstant: '2026-02-05T12:00:00Z',
      valueString: 'Élan',
    },
    ...[0.8, 0.85, 0.75, 66.89999999999999].map((probabilityDecimal, index) => ({
      resourceType: 'RiskAssessment',
      id: `r${index + 1}`,
      status: 'final',
      subject: { reference: 'Patient/ann/_history/1' },
      condition: { reference: '#here' },
      prediction: [{ probabilityDecimal }],
    })),
    { resourceType: 'ValueSet', id: 'v1', status: 'active', url: 'http://acme.org/fhir/ValueSet/123' },
  );
});
afterAll(() => store.sql.close());

describe('a search', () => {
  it.each([
    ['Patient', `identifier=${NHS}|9990000018`, ['ann']],
    ['Patient', 'identifier=9990000018', ['ann']],
    ['Patient', 'identifier=|local-1', ['ann']],
    ['Patient', `identifier=|9990000018`, []],
    ['Patient', `identifier=${NHS}|`, ['ann']],
    ['Patient', 'gender=male,female', ['ann', 'bob']],
    ['Patient', 'gender=http://hl7.org/fhir/administrative-gender|male', ['bob']],
    ['Patient', 'gender:not=male', ['ann', 'cy']],
    ['Patient', 'gender:missing=true', ['cy']],
    ['Patient', 'gender:missing=false', ['ann', 'bob']],
    ['Patient', 'active=true', ['ann']],
    ['Patient', 'deceased=true', ['bob']],
    ['Patient', 'deceased=false', ['ann', 'cy']],
    ['Patient', 'family=oʼneill', []],
    ['Patient', 'family=O’NEILL', ['ann']],
    ['Patient', 'given=ann', ['ann']],
    ['Patient', 'given=mary', ['ann']],
    ['Patient', 'given=jane', []],
    ['Patient', 'given:contains=jane', ['ann']],
    ['Patient', 'family:exact=Smithson', ['cy']],
    ['Patient', 'family:exact=smithson', []],
    ['Patient', 'family=smith', ['bob', 'cy']],
    ['Patient', 'family=smith\\, jr', ['bob']],
    ['Patient', 'name=ann&gender=female&name=o', ['ann']],
    ['Patient', 'email=ann@example.org', ['ann']],
    ['Patient', 'phone=01632 960 001', ['ann']],
    ['Patient', 'telecom=email|ann@example.org', ['ann']],
    ['Patient', 'address-postalcode=ls1', ['ann']],
    ['Patient', 'birthdate=1980-05-06', ['ann']],
    ['Patient', 'birthdate=1980', ['ann', 'bob']],
    ['Patient', 'birthdate=ne1980-05', ['bob']],
    ['Patient', 'birthdate=gt1980-05', ['bob']],
    ['Patient', 'birthdate=lt1980-05-06', ['bob']],
    ['Patient', 'birthdate=ge1980-05-06', ['ann', 'bob']],
    ['Patient', 'birthdate=le1980-05-06', ['ann', 'bob']],
    ['Patient', 'birthdate=sa1979', ['ann', 'bob']],
    ['Patient', 'birthdate=eb1980', []],
    ['Patient', 'birthdate=ap1980-05', ['ann', 'bob']],
    ['Patient', 'death-date=2020-01-01T09:00:00Z', ['bob']],
    ['Patient', 'death-date=2020-01-01T10:00:00%2B01:00', ['bob']],
    ['Patient', '_id=bob,ann,nobody', ['ann', 'bob']],
    ['Patient', '_id=bob&gender=male', ['bob']],
    ['Patient', '_tag=t|vip', ['ann']],
    ['Patient', '_profile=http://x/p/one', ['ann']],
    ['Patient', '_lastUpdated=2026-01', ['ann']],
    ['Patient', 'general-practitioner=Organization/gp', ['ann', 'cy']],
    ['Patient', 'general-practitioner=gp', ['ann', 'cy']],
    ['Patient', 'general-practitioner:Organization=gp', ['ann', 'cy']],
    ['Patient', 'general-practitioner=https://me/FHIR/R4/Organization/gp', ['ann', 'cy']],
    ['Patient', 'organization:identifier=ods|x1', ['ann']],
    ['Patient', 'organization:missing=false', ['ann']],
    ['Patient', 'general-practitioner:Organization.name=the', ['ann', 'cy']],
    ['Patient', 'general-practitioner.identifier=y12345', ['ann', 'cy']],
    ['Patient', '_has:Observation:subject:code=http://loinc.org|29463-7', ['ann']],
    ['Patient', '_has:Observation:patient:status=amended', ['bob']],
    ['Observation', 'subject:Patient.family=o&status=final', ['o1']],
    ['Observation', 'patient.general-practitioner:Organization.name=surgery', []],
    ['Observation', 'patient.general-practitioner:Organization.name=the sur', ['o1']],
    ['Observation', 'patient._id=bob', ['o2']],
    ['Observation', 'code:missing=true', []],
    ['Observation', 'date=ge2026-01-05', ['o1', 'o2', 'o3']],
    ['Observation', 'date=2026-01', ['o1', 'o2']],
    ['Observation', 'date=2026-01-05', ['o1']],
    ['Observation', 'value-quantity=72.5', ['o1']],
    ['Observation', 'value-quantity=73', ['o1']],
    ['Observation', 'value-quantity=72.50', ['o1']],
    ['Observation', 'value-quantity=72.4', []],
    ['Observation', 'value-quantity=gt70|http://unitsofmeasure.org|kg', ['o1']],
    ['Observation', 'value-quantity=lt80||kg', ['o1', 'o2']],
    ['Observation', 'value-string=elan', ['o3']],
    ['Observation', 'code-value-quantity=http://loinc.org|29463-7$gt70', ['o1']],
    ['Observation', 'code-value-quantity=http://loinc.org|29463-7$gt80', []],
    ['Observation', 'code-value-string=x$el,29463-7$el', ['o3']],
    ['RiskAssessment', 'probability=gt0.75&probability=lt0.85', ['r1']],
    ['RiskAssessment', 'probability=gt67', []],
    ['RiskAssessment', 'probability=0.8', ['r1', 'r3']],
    ['RiskAssessment', 'probability=0.80', ['r1']],
    ['RiskAssessment', 'probability=ne0.8', ['r2', 'r4']],
    ['RiskAssessment', 'probability=66.89999999999999', ['r4']],
    ['RiskAssessment', 'patient=ann&probability=0.80', ['r1']],
    ['RiskAssessment', 'patient.gender=female&probability=0.80', ['r1']],
    // Its condition is contained, so that nothing finds it, but it is there.
    ['RiskAssessment', 'condition:missing=true&probability=0.80', []],
    ['ValueSet', 'url=http://acme.org/fhir/ValueSet/123', ['v1']],
    ['ValueSet', 'url=http://acme.org/fhir/valueset/123', []],
    ['ValueSet', 'url:below=http://acme.org/fhir', ['v1']],
    ['ValueSet', 'url:above=http://acme.org/fhir/ValueSet/123/_history/5', ['v1']],
  ])('of %s by %s finds %j', async (type, query, expected) => {
    expect(await store.ids(type, query, { bases: [OWN_BASE], handling: 'strict' })).toEqual(expected);
  });

  it.each([
    ['_sort=family', ['ann', 'bob', 'cy']],
    ['_sort=-family', ['cy', 'bob', 'ann']],
    ['_sort=birthdate', ['bob', 'ann', 'cy']],
    ['_sort=-birthdate', ['bob', 'ann', 'cy']],
    ['_sort=-_id', ['cy', 'bob', 'ann']],
    ['_sort=deceased,-family', ['cy', 'ann', 'bob']],
  ])('sorted %s puts what has no value last', async (query, expected) => {
    expect(await store.ids('Patient', query)).toEqual(expected);
    expect(await store.ids('Patient', `${query}&_id:not=nobody`)).toEqual(expected);
  });

  it.each([
    ['Observation', 'status=final&_include=Observation:subject', ['Patient/ann']],
    ['Observation', '_id=o2&_include=Observation:*', ['Patient/bob', 'Observation/o1']],
    ['Observation', '_id=o2&_include=*', ['Patient/bob', 'Observation/o1']],
    [
      'Observation',
      '_id=o2&_include=Observation:has-member&_include:iterate=Observation:subject',
      ['Observation/o1', 'Patient/bob', 'Patient/ann'],
    ],
    ['Observation', '_id=o1&_include=Observation:subject:Group', []],
    ['Patient', '_id=ann&_revinclude=Observation:subject', ['Observation/o1']],
    [
      'Patient',
      '_id=ann&_revinclude=Observation:subject&_include=Patient:general-practitioner',
      ['Observation/o1', 'Organization/gp'],
    ],
  ])('of %s by %s brings along %j', async (type, query, expected) => {
    const { included } = await store.search(type, query);
    expect(included.map((each) => `${each.type}/${each.id}`).sort()).toEqual([...expected].sort());
  });

  it('tells the total where it is free or asked for', async () => {
    expect(await store.search('Patient', '')).toMatchObject({ total: 3 });
    expect((await store.search('Patient', '_count=1')).total).toBeUndefined();
    expect(await store.search('Patient', '_count=1&_total=accurate')).toMatchObject({ total: 3 });
    expect(await store.search('Patient', '_summary=count&name=smith')).toMatchObject({ total: 2, matches: [] });
    expect(await store.search('Patient', '_count=0')).toMatchObject({ total: 3, matches: [] });
  });

  it('says in self what was used, a capped count included', () => {
    const search = parseSearch('Patient', new URLSearchParams('name=a&unknown=1&_count=99999&_sort=family'));
    expect(search.self).toBe('name=a&_count=500&_sort=family');
    expect(search.ignored).toEqual(['unknown']);
  });

  it('for a condition refuses what it does not know', async () => {
    const find = (query: string) => findMatches(store.where, 'Patient', new URLSearchParams(query), 2);
    expect((await find('family=smith')).map(({ id }) => id)).toEqual(['bob', 'cy']);
    await expect(find('famly=smith')).rejects.toThrow(/no search parameter famly/);
  });
});
