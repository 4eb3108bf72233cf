import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER_MAX } from './answer-size.ts';
import { openTestEndpoint, type TestEndpoint } from './fixture.ts';

const LARGE = 4 * 1024 * 1024;
const FIT = Math.floor(ANSWER_MAX / (LARGE + 200));
const ALL = FIT + 3;

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  const data = 'A'.repeat(LARGE);
  for (let index = 0; index < ALL; index += 1) {
    const body = { resourceType: 'Binary', id: `large-${index}`, contentType: 'text/plain', data };
    await endpoint.request('PUT', `Binary/large-${index}`, { body });
  }
});
afterAll(() => endpoint.close());

const walk = async (first: string): Promise<{ readonly pages: number[]; readonly ids: Set<string> }> => {
  const pages: number[] = [];
  const ids = new Set<string>();
  let url: string | undefined = first;
  while (url !== undefined) {
    const { status, text, body } = await endpoint.request('GET', url);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(ANSWER_MAX + LARGE);
    pages.push(body.entry?.length ?? 0);
    for (const { resource } of body.entry ?? []) ids.add(String(resource?.id));
    url = body.link?.find(({ relation }) => relation === 'next')?.url;
  }
  return { pages, ids };
};

describe('an answer', () => {
  it.each(['Binary?_count=500', 'Binary?_count=500&_sort=-_id', 'Binary/_history?_count=1000', '_history?_count=1000'])(
    'to %s goes on on the next page where resources are very large',
    async (url) => {
      const { pages, ids } = await walk(url);
      expect(pages).toEqual([FIT, ALL - FIT]);
      expect(ids.size).toBe(ALL);
    },
  );

  const read = { request: { method: 'GET', url: 'Binary/large-0' } };
  const bundle = (type: string, entry: readonly unknown[]) =>
    endpoint.request('POST', '', {
      body: { resourceType: 'Bundle', type, entry },
      headers: { prefer: 'return=representation' },
    });

  it('to a batch holds no more either: what is read beyond it is refused by itself, what is changed is not shown', async () => {
    const write = {
      resource: { resourceType: 'Basic', id: 'b', code: { text: 'x' } },
      request: { method: 'PUT', url: 'Basic/b' },
    };
    const { status, body } = await bundle('batch', [...Array.from({ length: FIT + 2 }, () => read), write]);
    const statuses = body.entry?.map(({ response }) => response?.status) ?? [];
    expect(status).toBe(200);
    expect(statuses.slice(0, FIT)).toEqual(Array(FIT).fill('200 OK'));
    expect(statuses.slice(FIT)).toEqual(['413 Payload Too Large', '413 Payload Too Large', '201 Created']);
    expect(body.entry?.at(FIT)?.response?.outcome?.issue?.[0]?.expression).toEqual([`Bundle.entry[${FIT}]`]);
  });

  it('to a transaction that would hold more is refused, and nothing is changed', async () => {
    const write = {
      resource: { resourceType: 'Basic', id: 'never', code: { text: 'x' } },
      request: { method: 'PUT', url: 'Basic/never' },
    };
    const { status, body } = await bundle('transaction', [write, ...Array.from({ length: FIT + 1 }, () => read)]);
    expect([status, body.issue?.[0]?.expression]).toEqual([413, [`Bundle.entry[${FIT + 1}]`]]);
    expect((await endpoint.request('GET', 'Basic/never')).status).toBe(404);
  });
});
