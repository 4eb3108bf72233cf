import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const thing = (value: string, more: object = {}) => ({
  resourceType: 'Basic',
  code: { text: 'thing' },
  identifier: [{ system: 'urn:t', value }],
  ...more,
});

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  for (const id of ['twin-1', 'twin-2']) await endpoint.request('PUT', `Basic/${id}`, { body: thing('twin', { id }) });
});
afterAll(() => endpoint.close());

describe('conditional create', () => {
  const create = (condition: string, value: string) =>
    endpoint.request('POST', 'Basic', { body: thing(value), headers: { 'if-none-exist': condition } });

  it('creates once, then answers 200 with what is there', async () => {
    const first = await create('identifier=urn:t|c1', 'c1');
    const second = await create('?identifier=urn:t|c1&_format=json', 'c1');
    const third = await create('https://any.test/FHIR/R4/Basic?identifier=urn:t|c1', 'c1');
    const fourth = await create('Basic?identifier=urn:t|c1', 'c1');
    expect([first, second, third, fourth].map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    expect(new Set([first, second, third, fourth].map(({ body }) => body.id)).size).toBe(1);
    expect(second.headers).toMatchObject({ etag: 'W/"1"', location: first.headers.location });
  });

  it.each([
    ['identifier=urn:t|twin', 412, 'The criteria match several Basic resources'],
    ['', 400, 'The criteria are empty'],
    ['identifier=', 400, 'The criteria are empty'],
    ['_format=json', 400, 'The criteria are empty'],
    ['_sort=_id', 400, 'The criteria are empty'],
    ['_count=1&_total=none', 400, 'The criteria are empty'],
    ['colour=red', 400, 'colour'],
    ['Patient?identifier=urn:t|c1', 400, 'a search of Patient, but what is created is a Basic'],
    ['_lastUpdated=banana', 400, '_lastUpdated'],
  ])('with %j answers %i', async (condition, status, diagnostics) => {
    const reply = await create(condition, 'never');
    expect(reply.status).toBe(status);
    expect(reply.body.issue?.[0]?.diagnostics).toContain(diagnostics);
    expect((await endpoint.request('GET', 'Basic?identifier=urn:t|never')).body.total).toBe(0);
  });

  it('of sixteen racing clients lets exactly one create', async () => {
    const replies = await Promise.all(Array.from({ length: 16 }, () => create('identifier=urn:t|race', 'race')));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(15);
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect((await endpoint.request('GET', 'Basic?identifier=urn:t|race')).body.total).toBe(1);
  });
});

describe('conditional update', () => {
  const update = (query: string, body: object, headers: Record<string, string> = {}) =>
    endpoint.request('PUT', `Basic?${query}`, { body, headers });

  it('creates where nothing matches, and updates what matches', async () => {
    const first = await update('identifier=urn:t|u1', thing('u1'));
    const second = await update('identifier=urn:t|u1', thing('u1', { author: { display: 'B' } }));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect([second.body.id, second.headers.etag]).toEqual([first.body.id, 'W/"2"']);
  });

  it('creates under the id of the body', async () => {
    const reply = await update('identifier=urn:t|u2', thing('u2', { id: 'u2' }));
    expect([reply.status, reply.body.id]).toEqual([201, 'u2']);
    expect((await update('identifier=urn:t|u2', thing('u2', { id: 'u2' }))).status).toBe(200);
  });

  it.each([
    ['identifier=urn:t|twin', thing('twin'), {}, 412],
    ['identifier=urn:t|u3', thing('u3', { id: 'other' }), {}, 400],
    ['identifier=urn:t|new', thing('new', { id: 'twin-1' }), {}, 409],
    ['identifier=urn:t|u3', thing('u3'), { 'if-match': 'W/"7"' }, 412],
    ['identifier=urn:t|u3', thing('u3'), { 'if-match': 'W/"1"' }, 200],
    ['', thing('u3'), {}, 400],
    ['identifier=urn:t|u3', { resourceType: 'Basic' }, {}, 400],
  ])('by %s with %j and %j answers %i', async (query, body, headers, status) => {
    await endpoint.request('DELETE', 'Basic?identifier=urn:t|u3');
    await endpoint.request('POST', 'Basic', { body: thing('u3') });
    expect((await update(query, body, headers)).status).toBe(status);
  });
});

describe('conditional patch', () => {
  const patch = (query: string) =>
    endpoint.request('PATCH', `Basic?${query}`, { body: [{ op: 'add', path: '/language', value: 'en' }] });

  it.each([
    ['identifier=urn:t|twin', 412],
    ['identifier=urn:t|none', 404],
    ['colour=red', 400],
    ['_id=twin-1', 200],
  ])('by %s answers %i', async (query, status) => {
    expect((await patch(query)).status).toBe(status);
  });
});

describe('conditional delete', () => {
  it.each([
    ['identifier=urn:t|twin', 412],
    ['identifier=urn:t|none', 204],
    ['colour=red', 400],
    ['', 400],
    ['_id=twin-2', 204],
  ])('by %j answers %i', async (query, status) => {
    expect((await endpoint.request('DELETE', `Basic?${query}`)).status).toBe(status);
  });
});
