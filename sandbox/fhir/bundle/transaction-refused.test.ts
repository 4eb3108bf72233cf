import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const ADA = 'urn:uuid:0d2c7a0e-1a52-4a5c-9f0b-7f6a1f0e8b11';
const OTHER = 'urn:uuid:5c6fd9a4-02e1-4d7e-8a43-1f4f0b0b6f22';
const patient = (more: object = {}) => ({ resourceType: 'Patient', ...more });
const observation = (subject: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: subject },
  ...more,
});
const post = (resource: { resourceType: string }, more: object = {}, request: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
  ...more,
});
const identified = (value: string) => patient({ identifier: [{ system: 'urn:t', value }] });

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const run = (entry: readonly object[], headers: Record<string, string> = {}) =>
  endpoint.request('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry }, headers });
const count = async (type: string) => (await endpoint.request('GET', `${type}?_summary=count`)).body.total;

describe('a transaction', () => {
  const bad = { resource: { ...patient(), birthDate: 'x' }, request: { method: 'POST', url: 'Patient' } };
  it.each([
    ['an invalid resource', [post(patient()), bad], 400, 'Bundle.entry[1].resource.birthDate'],
    [
      'a wrong NHS number',
      [post(patient({ identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9000000000' }] }))],
      400,
      'Bundle.entry[0].resource.identifier[0].value',
    ],
    [
      'a stale version',
      [
        post(patient()),
        { resource: patient({ id: 'v' }), request: { method: 'PUT', url: 'Patient/v', ifMatch: 'W/"7"' } },
      ],
      412,
      'Bundle.entry[1].request.ifMatch',
    ],
    [
      'several matches',
      [post(patient()), post(patient(), {}, { ifNoneExist: 'identifier=urn:t|twin' })],
      412,
      'Bundle.entry[1]',
    ],
    [
      'a read of nothing',
      [post(patient()), { request: { method: 'GET', url: 'Patient/none' } }],
      404,
      'Bundle.entry[1]',
    ],
    [
      'a patch of nothing',
      [
        post(patient()),
        {
          resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: 'W10=' },
          request: { method: 'PATCH', url: 'Patient/none' },
        },
      ],
      404,
      'Bundle.entry[1]',
    ],
    [
      'another kind of patch',
      [{ resource: { resourceType: 'Parameters' }, request: { method: 'PATCH', url: 'Patient/v' } }],
      422,
      'Bundle.entry[0].resource',
    ],
    ['a reference to no entry', [post(observation(OTHER))], 400, 'Bundle.entry[0].resource.subject.reference'],
    [
      'a search that finds nothing',
      [post(observation('Patient?identifier=urn:t|nobody'))],
      422,
      'Bundle.entry[0].resource',
    ],
    ['a search that finds several', [post(observation('Patient?identifier=urn:t|twin'))], 412, 'Bundle.entry[0]'],
    [
      'two changes of one resource',
      [
        { resource: patient({ id: 'v' }), request: { method: 'PUT', url: 'Patient/v' } },
        { request: { method: 'DELETE', url: 'Patient/v' } },
      ],
      400,
      'Bundle.entry[1]',
    ],
    [
      'two changes, one by condition',
      [
        { resource: patient({ id: 'v' }), request: { method: 'PUT', url: 'Patient/v' } },
        { request: { method: 'DELETE', url: 'Patient?_id=v' } },
      ],
      400,
      'Bundle.entry[1]',
    ],
    [
      'one fullUrl twice',
      [post(patient(), { fullUrl: ADA }), post(patient(), { fullUrl: ADA })],
      400,
      'Bundle.entry[1].fullUrl',
    ],
    ['no request', [{ resource: patient() }], 400, 'Bundle.entry[0].request'],
    ['no method', [{ resource: patient(), request: { url: 'Patient' } }], 400, 'Bundle.entry[0].request.method'],
    ['no url', [{ resource: patient(), request: { method: 'POST' } }], 400, 'Bundle.entry[0].request.url'],
    ['no resource', [{ request: { method: 'POST', url: 'Patient' } }], 400, 'Bundle.entry[0].resource'],
    [
      'a url elsewhere',
      [{ request: { method: 'GET', url: 'http://elsewhere.test/Patient/1' } }],
      400,
      'Bundle.entry[0].request.url',
    ],
    ['an unknown type', [post({ resourceType: 'Nothing' })], 404, 'Bundle.entry[0]'],
    [
      'an update under another id',
      [{ resource: patient({ id: 'w' }), request: { method: 'PUT', url: 'Patient/v' } }],
      400,
      'Bundle.entry[0].resource.id',
    ],
    ['an entry that is none', [5 as unknown as object], 400, 'Bundle.entry[0]'],
  ])('with %s is refused whole, and names the entry', async (_title, entries, status, expression) => {
    for (const id of ['twin-1', 'twin-2'])
      await endpoint.request('PUT', `Patient/${id}`, { body: { ...identified('twin'), id } });
    await endpoint.request('PUT', 'Patient/v', { body: patient({ id: 'v' }) });
    const before = await count('Patient');
    const reply = await run(entries);
    expect(reply.status, reply.text).toBe(status);
    expect(reply.body.issue?.[0]?.expression).toEqual([expression]);
    expect(await count('Patient')).toBe(before);
  });

  it('names the faults of all its entries at once', async () => {
    const reply = await run([bad, post(patient()), bad]);
    expect(reply.body.issue?.map(({ expression }) => expression?.[0])).toEqual([
      'Bundle.entry[0].resource.birthDate',
      'Bundle.entry[2].resource.birthDate',
    ]);
  });

  it.each([
    [{ resourceType: 'Bundle', type: 'collection' }, 400],
    [{ resourceType: 'Bundle' }, 400],
    [{ resourceType: 'Bundle', type: 'transaction', entry: {} }, 400],
    [{ resourceType: 'Patient' }, 400],
    [{ resourceType: 'Bundle', type: 'transaction' }, 200],
    [{ resourceType: 'Bundle', type: 'transaction', entry: Array(5001).fill({}) }, 413],
  ])('%# of a bundle that is none is refused', async (body, status) => {
    expect((await endpoint.request('POST', '', { body })).status).toBe(status);
  });
});
