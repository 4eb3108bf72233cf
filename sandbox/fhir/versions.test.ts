import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from './fixture.ts';
import { spaceOfType } from './space-of-type.ts';
import { storedVersion } from './versions.ts';

let endpoint: TestEndpoint;
const put = (type: string, id: string, rest: object) =>
  endpoint.request('PUT', `${type}/${id}`, { body: { resourceType: type, id, ...rest } });

beforeAll(async () => {
  endpoint = await openTestEndpoint();
  await put('Patient', 'a', { active: true });
  await put('Basic', 'b', { code: { text: 'one' } });
  await put('Patient', 'a', { active: false });
  await put('Patient', 'c', {});
  await endpoint.request('DELETE', 'Patient/a');
  await put('Basic', 'b', { code: { text: 'two' } });
  await put('Patient', 'a', { gender: 'other' });
});
afterAll(() => endpoint.close());

describe('versions', () => {
  it('are found one by one, the current one and those before, a deletion as an empty text', async () => {
    const space = spaceOfType(endpoint.ctx.store, 'Patient');
    const texts = await Promise.all([0, 1, 2, 3, 4, 5].map((v) => storedVersion(endpoint.sql, space, 'a', v)));
    const [none, first, second, deleted, current, later] = texts.map((each) => each?.body);
    expect([none, later]).toEqual([undefined, undefined]);
    expect([first, second, deleted]).toEqual([
      expect.stringContaining('"active":true'),
      expect.stringContaining('"active":false'),
      '',
    ]);
    expect(current).toContain('"gender":"other"');
    expect(await storedVersion(endpoint.sql, space, 'nobody', 1)).toBeUndefined();
  });

  it('are stored once each: the current one among the resources, the rest in the history', async () => {
    const rows = await endpoint.sql.query<{ id: string; version: number }>(
      'select id, version from fhir_history order by seq',
    );
    expect(rows.map(({ id, version }) => `${id}/${version}`)).toEqual(['a/1', 'b/1', 'a/2', 'a/3']);
  });

  it.each([
    ['_history', ['a/4', 'b/2', 'a/3', 'c/1', 'a/2', 'b/1', 'a/1']],
    ['Patient/_history', ['a/4', 'a/3', 'c/1', 'a/2', 'a/1']],
    ['Patient/a/_history', ['a/4', 'a/3', 'a/2', 'a/1']],
  ])('are one history in %s, newest first, on pages of any size', async (url, expected) => {
    for (const count of [1, 2, 3, 50]) {
      const found: string[] = [];
      for (let next: string | undefined = `${url}?_count=${count}`; next !== undefined; ) {
        const { body } = await endpoint.request('GET', next);
        for (const { request, response } of body.entry ?? [])
          found.push(`${request?.url.split('/')[1]}/${response?.etag?.slice(3, -1)}`);
        next = body.link?.find(({ relation }) => relation === 'next')?.url;
      }
      expect(found).toEqual(expected);
    }
  });
});
