import { describe, expect, it } from 'vitest';
import type { Json } from '../to-fhir/element.ts';
import { merge, type Said } from './merge.ts';

const T1 = Date.parse('2026-03-01T10:00:00Z');
const over = (stored: Json, body: Json, { removed = [], assumed = [] }: Partial<Said> = {}): Json => {
  const { meta: _, ...rest } = merge(
    stored,
    { body: { resourceType: stored.resourceType, ...body }, removed, assumed },
    T1,
  );
  return rest;
};
const ATTENDER = { type: [{ coding: [{ code: 'ATND' }] }], individual: { reference: 'Practitioner/1' } };
const REFERRER = { type: [{ coding: [{ code: 'REF' }] }], individual: { reference: 'Practitioner/2' } };
const AT = (reference: string) => ({ status: 'accepted', actor: { reference } });
const HOME = { value: '1', use: 'home' };
const WORK = { value: '2', use: 'work' };
const RELIGION = { url: 'urn:religion', valueString: 'R' };
const ETHNIC = { url: 'urn:ethnic', valueString: 'E' };

describe('a message over what is stored', () => {
  it.each<[string, Json, Json, Json]>([
    [
      'the end of a stay, and keeps its beginning',
      { resourceType: 'Encounter', period: { start: '2026-03-01' } },
      { period: { end: '2026-03-03' } },
      { period: { start: '2026-03-01', end: '2026-03-03' } },
    ],
    [
      'how it ended, and keeps where it came from',
      { resourceType: 'Encounter', hospitalization: { admitSource: { text: 'A' } } },
      { hospitalization: { dischargeDisposition: { text: 'D' } } },
      { hospitalization: { admitSource: { text: 'A' }, dischargeDisposition: { text: 'D' } } },
    ],
    [
      'another beginning, after which the old end is none',
      { resourceType: 'Encounter', period: { start: '2026-03-01', end: '2026-03-03' } },
      { period: { start: '2026-03-05' } },
      { period: { start: '2026-03-05' } },
    ],
    [
      'one doctor, and keeps who does something else',
      { resourceType: 'Encounter', participant: [ATTENDER, REFERRER] },
      { participant: [{ ...ATTENDER, individual: { reference: 'Practitioner/3' } }] },
      { participant: [{ ...ATTENDER, individual: { reference: 'Practitioner/3' } }, REFERRER] },
    ],
    [
      'numbers at home, and keeps those at work',
      { resourceType: 'Patient', telecom: [HOME, WORK] },
      { telecom: [{ value: '3' }] },
      { telecom: [{ value: '3' }, WORK] },
    ],
    [
      'one extension, and keeps the others',
      { resourceType: 'Patient', extension: [RELIGION, ETHNIC] },
      { extension: [{ ...ETHNIC, valueString: 'F' }] },
      { extension: [{ ...ETHNIC, valueString: 'F' }, RELIGION] },
    ],
    [
      'who somebody is merged into, and keeps whom he took over',
      { resourceType: 'Patient', link: [{ type: 'replaces', other: { reference: 'Patient/2' } }] },
      { link: [{ type: 'replaced-by', other: { reference: 'Patient/3' } }] },
      {
        link: [
          { type: 'replaced-by', other: { reference: 'Patient/3' } },
          { type: 'replaces', other: { reference: 'Patient/2' } },
        ],
      },
    ],
    [
      'the patient of an appointment, and keeps where it is',
      { resourceType: 'Appointment', participant: [AT('Patient/1'), AT('Location/1')] },
      { participant: [AT('Patient/1')] },
      { participant: [AT('Patient/1'), AT('Location/1')] },
    ],
    [
      'addresses, all of which are of one field',
      { resourceType: 'Patient', address: [{ city: 'A' }, { city: 'B' }] },
      { address: [{ city: 'C' }] },
      { address: [{ city: 'C' }] },
    ],
    [
      'a value of another type',
      { resourceType: 'Observation', valueQuantity: { value: 1 } },
      { valueString: 'none' },
      { valueString: 'none' },
    ],
    [
      'a code that FHIR has no word for, and forgets the word that it had',
      { resourceType: 'Patient', gender: 'female', _gender: { id: 'old' } },
      { _gender: { id: 'new' } },
      { _gender: { id: 'new' } },
    ],
  ])('takes %s', (_, stored, said, expected) => {
    expect(over(stored, said)).toEqual({ resourceType: stored.resourceType, ...expected });
  });

  it.each<[string, Json, Json]>([
    ['period.end', { period: { start: 'S', end: 'E' } }, { period: { start: 'S' } }],
    ['period.end', { period: { end: 'E' } }, {}],
    ['telecom[use=work]', { telecom: [HOME, WORK] }, { telecom: [HOME] }],
    ['telecom[use=home]', { telecom: [HOME] }, {}],
    ['participant[type=REF]', { participant: [ATTENDER, REFERRER] }, { participant: [ATTENDER] }],
    ['extension[url=urn:religion]', { extension: [RELIGION, ETHNIC] }, { extension: [ETHNIC] }],
    ['_gender.extension[url=urn:ethnic]', { _gender: { extension: [ETHNIC] } }, {}],
    ['gender', { gender: 'male', _gender: { id: 'old' } }, {}],
    ['value[x]', { valueQuantity: { value: 1 }, code: { text: 'T' } }, { code: { text: 'T' } }],
    ['name[0].family', { name: [{ family: 'F' }] }, { name: [{ family: 'F' }] }],
  ])('a null removes %s alone', (removed, stored, expected) => {
    expect(over({ resourceType: 'Any', ...stored }, {}, { removed: [removed] })).toEqual({
      resourceType: 'Any',
      ...expected,
    });
  });

  it('what is only assumed takes the place of nothing, and stands where nothing is known', () => {
    const said = { status: 'unknown', class: { code: 'UNK' }, occurrenceString: 'not said' };
    const options = { assumed: ['status', 'class', 'occurrenceString'] };
    const stored = { resourceType: 'Any', status: 'finished', occurrenceDateTime: '2026' };
    expect(over(stored, said, options)).toEqual({ ...stored, class: { code: 'UNK' } });
  });

  it('takes how confidential it is, beside what the store itself says', () => {
    const stored = { resourceType: 'ServiceRequest', meta: { versionId: '1' } };
    const said = { body: { ...stored, meta: { security: [{ code: 'R' }] } }, removed: [], assumed: [] };
    expect(merge(stored, said, T1).meta).toMatchObject({ versionId: '1', security: [{ code: 'R' }], tag: [{}] });
  });
});
