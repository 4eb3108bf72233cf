import { describe, it } from 'vitest';
import { boxes } from '../shared.test-data.ts';
import { expectRefused, posted, put, type Refusal, vaccination } from './imms.test-data.ts';

const { open } = boxes();

const refusals: readonly Refusal[] = [
  [
    'an update without E-Tag',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      return put(box, id, body);
    },
    400,
    'INVARIANT',
    'resource version not specified in the request headers',
  ],
  [
    'an E-Tag that is no number',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      return put(box, id, body, 'W/"1"');
    },
    400,
    'INVARIANT',
    'in the request headers is invalid',
  ],
  [
    'a stale E-Tag',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      await put(box, id, body, '1');
      return put(box, id, body, '1');
    },
    400,
    'INVARIANT',
    'has changed since the last retrieve',
  ],
  [
    'an E-Tag of the future',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      return put(box, id, body, '9');
    },
    400,
    'INVARIANT',
    'version is inconsistent with the existing version',
  ],
  [
    'another id in the body',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      return put(box, id, { ...body, id: 'other' }, '1');
    },
    400,
    'INVARIANT',
    "doesn't match with the content of the request body",
  ],
  [
    'another identifier',
    async (box) => {
      const { id } = await posted(box, vaccination());
      return put(box, id, { ...vaccination(), id }, '1');
    },
    400,
    'INVARIANT',
    "doesn't match with the stored content",
  ],
  [
    'an update of what never was',
    (box) => put(box, 'nobody', vaccination({ id: 'nobody' }), '1'),
    404,
    'NOT-FOUND',
    'does not exist',
  ],
  [
    'a vaccine that it may not record',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination({}, 'MMR'), as: 'other-contributor' }),
    403,
    'FORBIDDEN',
    'Unauthorized request for vaccine type',
  ],
  [
    'an organisation that may only read',
    (box) => box.fhir('Immunization', { method: 'POST', body: vaccination(), as: 'requester' }),
    403,
    'FORBIDDEN',
    'Unauthorized request',
  ],
  [
    'a supplier without any right',
    (box) =>
      box.fhir('Immunization', {
        method: 'POST',
        body: vaccination(),
        headers: { suppliersystem: 'northmoor-council' },
      }),
    403,
    'FORBIDDEN',
    'Unauthorized request',
  ],
  [
    'a vaccine that becomes another, without the right to both',
    async (box) => {
      const { id, body } = await posted(box, vaccination());
      return put(box, id, { ...body, protocolApplied: vaccination({}, 'MMR').protocolApplied }, '1', {
        as: 'other-contributor',
      });
    },
    403,
    'FORBIDDEN',
    'Unauthorized request',
  ],
  [
    'a deletion without the right',
    async (box) => {
      const { id } = await posted(box, vaccination());
      return box.fhir(`Immunization/${id}`, { method: 'DELETE', as: 'other-contributor' });
    },
    403,
    'FORBIDDEN',
    'Unauthorized request',
  ],
];

describe('what the Immunisation API refuses to change, and to whom', () => {
  it.each(refusals)('%s', async (...refusal) => {
    expectRefused(await refusal[1](await open('imms')), refusal);
  });
});
