import { describe, expect, it } from 'vitest';
import { boxes, codesOf } from '../shared.test-data.ts';
import { posted, put, vaccination } from './imms.test-data.ts';

const { open } = boxes();

describe('an immunisation', () => {
  it('is created without a body in the reply, read with its number, changed against that, and read by another organisation', async () => {
    const box = await open('imms');
    const { id, body } = await posted(box, vaccination(), 'contributor');
    const read = await box.fhir(`Immunization/${id}`, { as: 'other-contributor' });
    expect([read.status, read.headers.get('e-tag'), read.headers.get('etag')]).toEqual([200, '1', null]);
    expect(read.body).toMatchObject({ id, meta: { versionId: '1' }, lotNumber: '4120Z001' });
    const changed = await put(box, id, { ...body, lotNumber: 'B2' }, '1');
    expect([changed.status, changed.headers.get('e-tag'), changed.body]).toEqual([200, '2', undefined]);
  });

  it('is hidden by a deletion, keeps its identifier, and is brought back by an update, whatever number that names', async () => {
    const box = await open('imms');
    const { id, body } = await posted(box, vaccination());
    expect((await box.fhir(`Immunization/${id}`, { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      const gone = await box.fhir(`Immunization/${id}`, { method });
      expect([gone.status, codesOf(gone)]).toEqual([404, ['NOT-FOUND']]);
    }
    const { id: _, ...again } = body as { id: string };
    expect((await box.fhir('Immunization', { method: 'POST', body: again })).status).toBe(422);
    expect((await put(box, id, body, '77')).status).toBe(200);
    expect((await box.fhir(`Immunization/${id}`)).status).toBe(200);
    const told = (await box.ask(`/contributions/Immunization/${id}`)).body as fhir4.Bundle;
    const deeds = told.entry?.map(({ resource }) => (resource as fhir4.Provenance).activity?.coding?.[0]?.code);
    expect(deeds).toEqual(['CREATE', 'DELETE', 'REACTIVATE']);
  });

  it('can be of somebody without an NHS number, given in a school that has no ODS code', async () => {
    const box = await open('imms');
    const location = { identifier: { system: 'https://fhir.hl7.org.uk/Id/urn-school-number', value: '999001' } };
    const { id } = await posted(box, vaccination({ location }, 'HPV', undefined), 'other-contributor');
    expect((await box.fhir(`Immunization/${id}`)).body).toMatchObject({ location });
  });
});
