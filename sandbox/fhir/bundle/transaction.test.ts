import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const BASE = 'http://sandbox.test/sandboxes/s/provider/FHIR/R4';
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
  it('does everything and answers in the order of the entries', async () => {
    await endpoint.request('PUT', 'Basic/old', { body: { resourceType: 'Basic', id: 'old', code: { text: 'x' } } });
    const reply = await run([
      { request: { method: 'GET', url: 'Patient/t1' } },
      { resource: patient({ id: 't1' }), request: { method: 'PUT', url: 'Patient/t1' } },
      post(observation(ADA), { fullUrl: OTHER }),
      post(patient(), { fullUrl: ADA }),
      { request: { method: 'DELETE', url: 'Basic/old' } },
      { request: { method: 'GET', url: 'Patient?_id=t1' } },
    ]);
    expect([reply.status, reply.body.type]).toEqual([200, 'transaction-response']);
    const entry = reply.body.entry ?? [];
    expect(entry.map(({ response }) => response?.status)).toEqual([
      '200 OK',
      '201 Created',
      '201 Created',
      '201 Created',
      '204 No Content',
      '200 OK',
    ]);
    expect(entry[0]?.resource?.id).toBe('t1');
    expect(entry[1]).toEqual({
      fullUrl: `${BASE}/Patient/t1`,
      response: {
        status: '201 Created',
        location: `${BASE}/Patient/t1/_history/1`,
        etag: 'W/"1"',
        lastModified: '2026-11-22T09:30:00.123Z',
      },
    });
    expect(entry[5]?.resource).toMatchObject({ type: 'searchset', total: 1 });
    const made = await endpoint.request('GET', entry[2]?.response?.location ?? '');
    expect(made.body.subject).toEqual({ reference: entry[3]?.fullUrl?.replace(`${BASE}/`, '') });
    expect((await endpoint.request('GET', 'Basic/old')).status).toBe(410);
  });

  it('replaces a fullUrl in references, uris and the narrative, and in nothing else', async () => {
    const resource = {
      resourceType: 'DocumentReference',
      text: {
        status: 'generated',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${ADA}">her</a> and <img src='${ADA}' alt="x"/></div>`,
      },
      status: 'current',
      identifier: [{ system: 'urn:ietf:rfc:3986', value: ADA }],
      subject: { reference: ADA, display: ADA },
      description: ADA,
      extension: [
        { url: 'urn:e', valueUri: ADA },
        { url: 'urn:e', valueString: ADA },
        { url: 'urn:e', valueReference: { reference: `${ADA}/_history/1` } },
      ],
      content: [{ attachment: { url: ADA } }],
    };
    const reply = await run([post(resource), post(patient(), { fullUrl: ADA })], { prefer: 'return=representation' });
    const id = `Patient/${reply.body.entry?.[1]?.resource?.id}`;
    expect(reply.body.entry?.[0]?.resource).toMatchObject({
      ...resource,
      text: {
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${id}">her</a> and <img src="${id}" alt="x"/></div>`,
      },
      subject: { reference: id, display: ADA },
      extension: [
        { url: 'urn:e', valueUri: id },
        { url: 'urn:e', valueString: ADA },
        { url: 'urn:e', valueReference: { reference: `${id}/_history/1` } },
      ],
      content: [{ attachment: { url: id } }],
    });
  });

  it('takes a relative reference as relative to the fullUrl of its entry', async () => {
    const elsewhere = 'http://elsewhere.test/fhir';
    const reply = await run(
      [
        post(observation('Patient/1'), { fullUrl: `${elsewhere}/Observation/1` }),
        post(observation(`${elsewhere}/Patient/1`), { fullUrl: ADA }),
        post(observation('Patient/1'), { fullUrl: OTHER }),
        post(patient({ id: '1' }), { fullUrl: `${elsewhere}/Patient/1` }),
      ],
      { prefer: 'return=representation' },
    );
    const made = `Patient/${reply.body.entry?.[3]?.resource?.id}`;
    expect(reply.body.entry?.slice(0, 3).map(({ resource }) => resource?.subject)).toEqual([
      { reference: made },
      { reference: made },
      { reference: 'Patient/1' },
    ]);
  });

  it('takes one without a base as relative to this endpoint, also where only a condition says which resource it is', async () => {
    const create = (id: string, request: object) =>
      run([post(patient({ id }), { fullUrl: `${BASE}/Patient/${id}` }, request), post(observation(`Patient/${id}`))], {
        prefer: 'return=representation',
      });
    for (const request of [{}, { ifNoneExist: 'identifier=urn:t|nobody-yet' }]) {
      const { body } = await create('placeholder', request);
      const made = `Patient/${body.entry?.[0]?.resource?.id}`;
      expect(made).not.toBe('Patient/placeholder');
      expect(body.entry?.[1]?.resource?.subject).toEqual({ reference: made });
    }
  });

  it('links to what a conditional create finds, or makes', async () => {
    const create = (value: string) =>
      run(
        [
          post(identified(value), { fullUrl: ADA }, { ifNoneExist: `identifier=urn:t|${value}` }),
          post(observation(ADA), {}),
        ],
        { prefer: 'return=representation' },
      );
    const first = await create('cc');
    const second = await create('cc');
    const subjects = [first, second].map(({ body }) => body.entry?.[1]?.resource?.subject);
    expect(second.body.entry?.[0]?.response?.status).toBe('200 OK');
    expect(subjects[0]).toEqual({ reference: `Patient/${first.body.entry?.[0]?.resource?.id}` });
    expect(subjects[1]).toEqual(subjects[0]);
  });

  it('takes the same condition twice for one resource', async () => {
    const twice = post(identified('same'), {}, { ifNoneExist: 'identifier=urn:t|same' });
    const reply = await run([{ ...twice, fullUrl: ADA }, { ...twice, fullUrl: OTHER }, post(observation(OTHER))]);
    expect(reply.body.entry?.map(({ response }) => response?.status)).toEqual(['201 Created', '200 OK', '201 Created']);
    expect((await endpoint.request('GET', 'Patient?identifier=urn:t|same')).body.total).toBe(1);
  });

  it('resolves references that are searches, also to what it makes itself', async () => {
    await endpoint.request('POST', 'Patient', { body: identified('there') });
    const reply = await run(
      [
        post(observation('Patient?identifier=urn:t|there')),
        post(observation('Patient?identifier=urn:t|mine')),
        post(identified('mine'), { fullUrl: ADA }),
      ],
      { prefer: 'return=representation' },
    );
    expect(reply.status, reply.text).toBe(200);
    const references = reply.body.entry?.slice(0, 2).map(({ resource }) => JSON.stringify(resource?.subject));
    expect(references?.[0]).toMatch(/"Patient\/[0-9a-f-]{36}"/);
    expect(references?.[1]).toContain(reply.body.entry?.[2]?.resource?.id);
  });

  it('patches, updates and deletes by condition', async () => {
    await endpoint.request('PUT', 'Patient/c1', { body: { ...identified('c1'), id: 'c1' } });
    await endpoint.request('PUT', 'Patient/c2', { body: { ...identified('c2'), id: 'c2' } });
    await endpoint.request('PUT', 'Patient/c3', { body: { ...identified('c3'), id: 'c3' } });
    const data = Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value: true }])).toString('base64');
    const reply = await run([
      {
        resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
        request: { method: 'PATCH', url: 'Patient?identifier=urn:t|c1', ifMatch: 'W/"1"' },
      },
      {
        resource: { ...identified('c2'), active: false },
        request: { method: 'PUT', url: 'Patient?identifier=urn:t|c2' },
      },
      { request: { method: 'DELETE', url: 'Patient?identifier=urn:t|c3' } },
    ]);
    expect(reply.body.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '200 OK', '204 No Content']);
    expect((await endpoint.request('GET', 'Patient/c1')).body.active).toBe(true);
    expect((await endpoint.request('GET', 'Patient/c3')).status).toBe(410);
  });

  it('of sixteen that race to change one version, exactly one is done', async () => {
    await endpoint.request('PUT', 'Patient/race', { body: patient({ id: 'race' }) });
    const before = await count('Basic');
    const replies = await Promise.all(
      Array.from({ length: 16 }, () =>
        run([
          post({ resourceType: 'Basic', code: { text: 'x' } } as { resourceType: string }),
          { resource: patient({ id: 'race' }), request: { method: 'PUT', url: 'Patient/race', ifMatch: 'W/"1"' } },
        ]),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await count('Basic')).toBe((before ?? 0) + 1);
  });

  it('of 1,500 entries lets others have their turn while it is prepared', async () => {
    const entries = Array.from({ length: 750 }, (_, index) => [
      post(patient({ name: [{ family: `F${index}` }] }), { fullUrl: `urn:uuid:${index}` }),
      post(observation(`urn:uuid:${index}`)),
    ]).flat();
    // Each look at the clock finds it a millisecond later, so that it does not matter how fast the machine is.
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now++);
    let turns = 0;
    let waiting = true;
    const tick = (): void => {
      turns++;
      if (waiting) setImmediate(tick);
    };
    setImmediate(tick);
    const reply = await run(entries);
    waiting = false;
    clock.mockRestore();
    expect(reply.body.entry).toHaveLength(1500);
    expect(turns).toBeGreaterThan(100);
  });
});
