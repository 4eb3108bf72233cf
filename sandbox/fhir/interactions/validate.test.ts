import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFLICT, problem } from '../../problem.ts';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint({
    beforeWrite: async (_ctx, _tx, { type, after }) => {
      if (type === 'Slot' && after === undefined) throw problem(CONFLICT, 'The slot is taken', { at: 'Slot' });
    },
  });
  await endpoint.request('PUT', 'Patient/p', { body: { resourceType: 'Patient', id: 'p' } });
  await endpoint.request('PUT', 'Slot/s', { body: slot });
});
afterAll(() => endpoint.close());

const slot = {
  resourceType: 'Slot',
  id: 's',
  schedule: { reference: 'Schedule/x' },
  status: 'free',
  start: '2026-11-22T09:00:00Z',
  end: '2026-11-22T09:30:00Z',
};
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const validate = (path: string, body: unknown) => endpoint.request('POST', `${path}/$validate`, { body });

describe('$validate', () => {
  it.each([
    ['Patient', { resourceType: 'Patient', birthDate: 'x' }, 'error', 'Patient.birthDate'],
    ['Patient', { resourceType: 'Patient', birthDate: '1970-01-31' }, 'information', undefined],
    ['Patient', { resourceType: 'Observation' }, 'error', 'Patient.resourceType'],
    [
      'Patient',
      parameters({ name: 'resource', resource: { resourceType: 'Patient', gender: 'm' } }),
      'error',
      'Patient.gender',
    ],
    [
      'Patient',
      parameters({ name: 'mode', valueCode: 'create' }, { name: 'resource', resource: { resourceType: 'Patient' } }),
      'information',
      undefined,
    ],
    ['Patient/p', { resourceType: 'Patient', id: 'q' }, 'error', 'Patient.id'],
    ['Patient/p', '', 'information', undefined],
    ['Patient/p', parameters({ name: 'mode', valueCode: 'delete' }), 'information', undefined],
    ['Slot/s', parameters({ name: 'mode', valueCode: 'delete' }), 'error', 'Slot'],
    ['Parameters', parameters({ name: 'x', valueString: 'y' }), 'information', undefined],
    [
      'Patient',
      { resourceType: 'Patient', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '1' }] },
      'error',
      'Patient.identifier[0].value',
    ],
  ])('%s of %j gives the verdict %s at %s', async (path, body, severity, at) => {
    const answer = await validate(path, body);
    expect(answer.status).toBe(200);
    expect(answer.body.resourceType).toBe('OperationOutcome');
    expect([answer.body.issue?.[0]?.severity, answer.body.issue?.[0]?.expression?.[0]]).toEqual([severity, at]);
  });

  it('judges what is stored by GET, and changes nothing whatever it judges', async () => {
    const before = await endpoint.request('GET', '_history?_count=100');
    expect((await endpoint.request('GET', 'Patient/p/$validate')).body.issue?.[0]?.severity).toBe('information');
    for (const mode of ['create', 'update'])
      await validate(
        'Patient/p',
        parameters(
          { name: 'mode', valueCode: mode },
          { name: 'resource', resource: { resourceType: 'Patient', id: 'p', active: true } },
        ),
      );
    await validate('Patient/p', parameters({ name: 'mode', valueCode: 'delete' }));
    const after = await endpoint.request('GET', '_history?_count=100');
    expect(after.body.entry?.length).toBe(before.body.entry?.length);
    expect((await endpoint.request('GET', 'Patient/p')).body).not.toHaveProperty('active');
  });

  it.each([
    ['POST', 'Patient/$validate', '', 400],
    ['POST', 'Patient/$validate', parameters({ name: 'mode', valueCode: 'delete' }), 400],
    ['POST', 'Patient/$validate', parameters({ name: 'mode', valueCode: 'guess' }), 400],
    ['POST', 'Patient/$validate?profile=http://example.org/mine', { resourceType: 'Patient' }, 400],
    ['POST', 'Patient/$validate', '{"resourceType":', 400],
    ['POST', 'Patient/$validate', { resourceType: 'Parameters', parameter: 7 }, 400],
    ['POST', 'Patients/$validate', { resourceType: 'Patient' }, 404],
    ['GET', 'Patient/none/$validate', undefined, 404],
  ])('%s %s with %j cannot be judged: %i', async (method, url, body, status) => {
    expect((await endpoint.request(method, url, { body })).status).toBe(status);
  });

  it('by R4’s own profile of the type is the same', async () => {
    const url = 'Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient|4.0.1';
    expect((await endpoint.request('POST', url, { body: { resourceType: 'Patient' } })).status).toBe(200);
  });

  it('is the only operation on a type: another is not there, rather than an id that is none', async () => {
    const { status, body } = await endpoint.request('GET', 'Patient/$match');
    expect([status, body.issue?.[0]?.code]).toEqual([404, 'not-supported']);
  });
});
