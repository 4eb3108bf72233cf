import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const CLIENTS = 24;

describe('clients that race with the same If-Match', () => {
  const send = {
    PUT: (id: string, client: number) => ({ resourceType: 'Patient', id, name: [{ family: `Client ${client}` }] }),
    PATCH: (_id: string, client: number) => [{ op: 'add', path: '/name', value: [{ family: `Client ${client}` }] }],
    DELETE: () => undefined,
  };

  it.each(['PUT', 'PATCH', 'DELETE'] as const)('by %s: exactly one wins, and every round its own', async (method) => {
    const id = `race-${method}`;
    for (let round = 1; round <= 5; round++) {
      const before = await endpoint.request('PUT', `Patient/${id}`, { body: { resourceType: 'Patient', id } });
      const headers = { 'if-match': before.headers.etag ?? '' };
      const replies = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) =>
          endpoint.request(method, `Patient/${id}`, { body: send[method](id, client), headers }),
        ),
      );
      const won = replies.filter(({ status }) => status < 300);
      expect(won).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 412)).toHaveLength(CLIENTS - 1);
      if (method !== 'DELETE') expect((await endpoint.request('GET', `Patient/${id}`)).text).toBe(won[0]?.text);
    }
  });

  it('without If-Match: all are done, one after the other, and none is lost', async () => {
    const statuses = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const body = { resourceType: 'Patient', id: 'open' };
        return (await endpoint.request('PUT', 'Patient/open', { body })).status;
      }),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect((await endpoint.request('GET', 'Patient/open')).headers.etag).toBe(`W/"${CLIENTS}"`);
    expect((await endpoint.request('GET', 'Patient/open/_history?_count=1000')).body.entry).toHaveLength(CLIENTS);
  });
});
