import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, type Registry, type Result, startRegistry } from './sandboxes.test-data.ts';

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const gather = async (id: string, input: object): Promise<Result> =>
  (await registry.act(id, 'requester', 'find-and-retrieve', { timeout: 2_000, ...input })) as Result;

describe.each(DIALECTS)('a requester in %s', (dialect) => {
  it('finds who holds something, and fetches it from each of them', async () => {
    const { id } = await registry.box(dialect);
    const found = await gather(id, { person: '9000000009' });
    expect(found).toMatchObject({ complete: true, unavailable: [] });
    expect(found.documents.map(({ custodian }) => custodian)).toEqual(
      expect.arrayContaining(['Ashcombe Mental Health Trust', "Ashcombe Council Children's Services"]),
    );
    expect(JSON.stringify(found.documents)).toContain('keep the lights low');
    const posts = (await registry.exchanges(id)).filter(({ to }) => to === 'registry');
    // The number of a person stands in no address.
    expect(posts.map(({ request }) => request?.url).join()).not.toContain('9000000009');
  });

  it('shows what it has, and says what it could not get', async () => {
    const { id } = await registry.box(dialect);
    const found = await gather(id, { person: '9000000025' });
    expect(found.complete).toBe(false);
    expect(found.documents.map(({ title }) => title)).toEqual(['Contingency plan']);
    expect(found.unavailable).toMatchObject([{ title: 'End of life care plan', code: 'forbidden', status: 403 }]);
  });

  it('finds nothing without taking that for the truth', async () => {
    const { id } = await registry.box(dialect);
    expect(await gather(id, { person: '9000000033' })).toMatchObject({
      complete: true,
      pointers: 0,
      because: expect.stringContaining('does not mean that there is nothing'),
    });
  });
});
