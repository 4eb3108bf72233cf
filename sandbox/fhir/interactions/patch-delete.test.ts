import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const patient = { resourceType: 'Patient', name: [{ family: 'Fenwick', given: ['Ada'] }], birthDate: '1970-01-31' };

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const put = async (id: string, more: object = {}) =>
  endpoint.request('PUT', `Patient/${id}`, { body: { ...patient, id, ...more } });

describe('patch', () => {
  const patch = (id: string, body: unknown, headers: Record<string, string> = {}) =>
    endpoint.request('PATCH', `Patient/${id}`, { body, headers });

  it('makes a further version and leaves the rest as it was', async () => {
    await put('p1', { multipleBirthInteger: 2 });
    const reply = await patch('p1', [{ op: 'add', path: '/active', value: true }], { 'if-match': 'W/"1"' });
    expect([reply.status, reply.headers.etag]).toEqual([200, 'W/"2"']);
    expect(reply.body).toMatchObject({ ...patient, id: 'p1', active: true, multipleBirthInteger: 2 });
  });

  it.each([
    [[{ op: 'test', path: '/birthDate', value: '1999-01-01' }], 422],
    [[{ op: 'remove', path: '/nothing' }], 400],
    [[{ op: 'add', path: '/gender', value: 'purple' }], 400],
    [[{ op: 'replace', path: '/id', value: 'other' }], 422],
    [[{ op: 'remove', path: '/id' }], 422],
    [[{ op: 'replace', path: '/resourceType', value: 'Observation' }], 422],
    [[{ op: 'replace', path: '', value: { resourceType: 'Patient' } }], 422],
    [[{ op: 'replace', path: '', value: 5 }], 422],
    [
      [
        { op: 'add', path: '/active', value: true },
        { op: 'test', path: '/active', value: false },
      ],
      422,
    ],
    [
      [
        {
          op: 'add',
          path: '/identifier',
          value: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '1234567890' }],
        },
      ],
      400,
    ],
    [{ patches: [] }, 400],
    ['nonsense', 400],
  ])('refuses %j with %i and changes nothing', async (body, status) => {
    await put('p2');
    const before = (await endpoint.request('GET', 'Patient/p2')).text;
    expect((await patch('p2', body)).status).toBe(status);
    expect((await endpoint.request('GET', 'Patient/p2')).text).toBe(before);
  });

  it.each([
    ['nobody', {}, 404],
    ['p3', { 'if-match': 'W/"4"' }, 412],
  ])('of %s with %j answers %i', async (id, headers, status) => {
    await put('p3');
    expect((await patch(id, [{ op: 'add', path: '/active', value: true }], headers)).status).toBe(status);
  });
});

describe('delete', () => {
  it('is 204, then 410 on a read, and 204 again', async () => {
    await put('d1');
    const statuses: number[] = [];
    for (const method of ['DELETE', 'GET', 'DELETE', 'GET'])
      statuses.push((await endpoint.request(method, 'Patient/d1')).status);
    expect(statuses).toEqual([204, 410, 204, 410]);
    expect((await endpoint.request('GET', 'Patient/d1')).body.issue?.[0]?.diagnostics).toContain('version 2');
  });

  it('of what never was is 204', async () => {
    expect((await endpoint.request('DELETE', 'Patient/never')).status).toBe(204);
    expect((await endpoint.request('GET', 'Patient/never')).status).toBe(404);
  });

  it('says what it did where Prefer asks', async () => {
    await put('d2');
    const reply = await endpoint.request('DELETE', 'Patient/d2', { headers: { prefer: 'return=OperationOutcome' } });
    expect([reply.status, reply.body.issue?.[0]?.diagnostics]).toEqual([200, 'Deleted Patient/d2 (version 2)']);
  });

  it('keeps to If-Match', async () => {
    await put('d3');
    expect((await endpoint.request('DELETE', 'Patient/d3', { headers: { 'if-match': 'W/"2"' } })).status).toBe(412);
    expect((await endpoint.request('DELETE', 'Patient/d3', { headers: { 'if-match': 'W/"1"' } })).status).toBe(204);
  });

  it('is undone by an update, whose version goes on', async () => {
    await put('d4');
    await endpoint.request('DELETE', 'Patient/d4');
    const back = await put('d4');
    expect([back.status, back.headers.etag]).toEqual([201, 'W/"3"']);
    expect((await endpoint.request('GET', 'Patient?_id=d4')).body.total).toBe(1);
  });

  it('takes it out of every search', async () => {
    await put('d5', { identifier: [{ system: 'urn:d', value: '5' }] });
    await endpoint.request('DELETE', 'Patient/d5');
    for (const query of ['identifier=urn:d|5', '_id=d5', 'family=fenwick&_id=d5'])
      expect((await endpoint.request('GET', `Patient?${query}`)).body.total).toBe(0);
  });
});
