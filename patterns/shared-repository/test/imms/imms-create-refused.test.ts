import { describe, it } from 'vitest';
import { boxes } from '../shared.test-data.ts';
import { expectRefused, posted, type Refusal, vaccination, without } from './imms.test-data.ts';

const { open } = boxes();

const refusals: readonly Refusal[] = [
  ['an unknown id', (box) => box.fhir('Immunization/nobody'), 404, 'NOT-FOUND', 'does not exist. ID: nobody'],
  ['a malformed id', (box) => box.fhir('Immunization/not%20one'), 400, 'INVALID', 'not in the expected format'],
  ['a path that is not there', (box) => box.fhir('Patient/1'), 404, 'NOT-FOUND', 'serves nothing'],
  [
    'a body that is no JSON',
    (box) => box.fhir('Immunization', { method: 'POST', body: '{' }),
    400,
    'INVALID',
    'malformed JSON',
  ],
  [
    'a create with an id',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination({ id: 'mine' }) }),
    400,
    'INVARIANT',
    'id field must not be present',
  ],
  [
    'no identifier',
    (box) => box.fhir('Immunization', { method: 'POST', body: without('identifier') }),
    400,
    'INVARIANT',
    'identifier is a mandatory field',
  ],
  [
    'no patient',
    (box) => box.fhir('Immunization', { method: 'POST', body: without('contained') }),
    400,
    'INVARIANT',
    "contained[?(@.resourceType=='Patient')] is mandatory",
  ],
  [
    'another status',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination({ status: 'not-done' }) }),
    400,
    'INVARIANT',
    'status must be one of the following: completed',
  ],
  [
    'diseases of no vaccine',
    (box) =>
      box.fhir('Immunization', {
        method: 'POST',
        body: vaccination({
          protocolApplied: [
            {
              targetDisease: [{ coding: [{ system: 'http://snomed.info/sct', code: '1' }] }],
              doseNumberPositiveInt: 1,
            },
          ],
        }),
      }),
    400,
    'INVARIANT',
    'not a valid combination of disease codes',
  ],
  [
    'a wrong check digit',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination({}, 'FLU', '9000000000') }),
    400,
    'INVARIANT',
    '9000000000',
  ],
  [
    'what is not FHIR',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination({ lotNumber: 7 }) }),
    400,
    'INVARIANT',
    'must be a JSON string',
  ],
  [
    'the same identifier twice',
    async (box) => {
      const body = vaccination();
      await posted(box, body);
      return box.fhir('Immunization', { method: 'POST', body });
    },
    422,
    'DUPLICATE',
    'is duplicated',
  ],
  [
    'a wrong token',
    (box) => box.fhir('Immunization/1', { headers: { authorization: 'Bearer nobody' } }),
    401,
    'UNAUTHORIZED',
    'not a credential',
  ],
  [
    'a method that is not there',
    (box) => box.fhir('Immunization/1', { method: 'PATCH' }),
    405,
    'NOT-SUPPORTED',
    'PATCH',
  ],
];

describe('what the Immunisation API refuses to create, or to find', () => {
  it.each(refusals)('%s', async (...refusal) => {
    expectRefused(await refusal[1](await open('imms')), refusal);
  });
});
