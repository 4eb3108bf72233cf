import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  await endpoint.request('PUT', 'Patient/b', { body: { resourceType: 'Patient', id: 'b' } });
});
afterAll(() => endpoint.close());

const run = (entry: readonly unknown[], headers: Record<string, string> = {}) =>
  endpoint.request('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry }, headers });

describe('a batch', () => {
  it('does each entry by itself, and says of each how it went', async () => {
    const { status, body } = await run([
      { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
      { resource: { resourceType: 'Patient', birthDate: 'x' }, request: { method: 'POST', url: 'Patient' } },
      { request: { method: 'GET', url: 'Patient/b' } },
      { request: { method: 'GET', url: 'Patient/none' } },
      { request: { method: 'GET', url: 'Patient/b', ifNoneMatch: 'W/"1"' } },
      { request: { method: 'HEAD', url: 'Patient/b' } },
      { request: { method: 'GET', url: 'metadata?_elements=status' } },
      { request: { method: 'DELETE', url: 'Patient/none' } },
      { request: { method: 'POST', url: 'Patient/_search' }, resource: {} },
      'nonsense',
      { request: { method: 'GET', url: 'Patient/b/_history' } },
      {
        resource: { resourceType: 'Patient', id: 'b' },
        request: { method: 'PUT', url: 'Patient/b', ifMatch: 'W/"9"' },
      },
    ]);
    expect([status, body.type]).toEqual([200, 'batch-response']);
    expect(body.entry?.map(({ response }) => response?.status)).toEqual([
      '201 Created',
      '400 Bad Request',
      '200 OK',
      '404 Not Found',
      '304 Not Modified',
      '200 OK',
      '200 OK',
      '204 No Content',
      '405 Method Not Allowed',
      '400 Bad Request',
      '200 OK',
      '412 Precondition Failed',
    ]);
    expect(body.entry?.[1]?.response?.outcome?.issue?.[0]?.expression).toEqual(['Bundle.entry[1].resource.birthDate']);
    expect(body.entry?.[2]?.resource?.id).toBe('b');
    expect(body.entry?.[5]?.resource).toBeUndefined();
    expect(body.entry?.[10]?.resource?.type).toBe('history');
    expect(body.entry?.[11]?.response?.outcome?.issue?.[0]?.expression).toEqual(['Bundle.entry[11].request.ifMatch']);
  });

  it('names what is read twice once, as a bundle has to', async () => {
    const read = { request: { method: 'GET', url: 'Patient/b' } };
    const { body } = await run([read, read, { request: { method: 'GET', url: 'Patient/b/_history/1' } }]);
    expect(body.entry?.map(({ fullUrl, resource }) => [fullUrl?.split('/FHIR/R4/')[1], resource?.id])).toEqual([
      ['Patient/b', 'b'],
      [undefined, 'b'],
      [undefined, 'b'],
    ]);
  });

  it('deletes before it creates and reads last', async () => {
    const { body } = await run([
      { request: { method: 'GET', url: 'Basic/order' } },
      {
        resource: { resourceType: 'Basic', id: 'order', code: { text: 'x' } },
        request: { method: 'PUT', url: 'Basic/order' },
      },
      { request: { method: 'DELETE', url: 'Basic/order' } },
    ]);
    expect(body.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '201 Created', '204 No Content']);
  });

  it('sends resources back only where Prefer asks', async () => {
    const create = [{ resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } }];
    const full = await run(create, { prefer: 'return=representation' });
    const outcome = await run(create, { prefer: 'return=OperationOutcome' });
    const minimal = await run(create);
    expect(full.body.entry?.[0]?.resource?.resourceType).toBe('Patient');
    expect(outcome.body.entry?.[0]?.response?.outcome?.resourceType).toBe('OperationOutcome');
    expect(minimal.body.entry?.[0]?.resource).toBeUndefined();
    expect(minimal.body.entry?.[0]?.fullUrl).toContain('/FHIR/R4/Patient/');
  });
});
