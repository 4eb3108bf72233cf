import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeOf } from '../space.ts';
import { composeFhir, resourceStore } from './compose.ts';
import { openTestEndpoint, type TestEndpoint } from './fixture.ts';
import { readResource } from './interactions/read.ts';
import { find, vread } from './repository.ts';
import { catchUp } from './search/catch-up.ts';
import { parseSearch, runSearch } from './search/query.ts';
import { spacesInUse } from './tables.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  for (let index = 0; index < 25; index++)
    await endpoint.request('PUT', `Patient/p${index}`, {
      body: { resourceType: 'Patient', id: `p${index}`, name: [{ family: 'F' }] },
    });
  await endpoint.request('PUT', 'Patient/p0', { body: { resourceType: 'Patient', id: 'p0', name: [{ family: 'G' }] } });
  await endpoint.request('PUT', 'Basic/b', { body: { resourceType: 'Basic', id: 'b', code: { text: 'x' } } });
  await endpoint.request('POST', 'Patient/_search', { body: 'family=f&_count=2' });
});
afterAll(() => endpoint.close());

const TABLES = [
  'fhir_resource',
  'fhir_history',
  'fhir_kept_search',
  'search_progress',
  'search_token',
  'search_string',
  'search_date',
  'search_reference',
];
const rowsIn = async () => {
  let rows = 0;
  for (const table of TABLES)
    rows += (await endpoint.sql.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? 0;
  return rows;
};

describe('the store of resources', () => {
  it('is copied with resources, versions and index, and swept in pages, the original untouched', async () => {
    const { sql, ctx } = endpoint;
    // The copy would be the first to need the index.
    await catchUp(ctx, await spacesInUse(sql, ctx.store));
    const before = await rowsIn();
    const copy = { ...ctx, store: storeOf(2, 3) };
    await sql.transaction((tx) => resourceStore.copy(tx, ctx.store, copy.store));
    expect((await find(copy, sql, 'Patient', 'p0'))?.version).toBe(2);
    expect((await vread(copy, sql, 'Patient', 'p0', '1')).body).toContain('"F"');
    const search = parseSearch('Patient', new URLSearchParams('family=f'));
    expect((await runSearch(copy, search)).matches).toHaveLength(24);

    const swept: number[] = [];
    do swept.push(await sql.transaction((tx) => resourceStore.sweep(tx, copy.store, 10)));
    while (swept.at(-1) !== 0);
    expect(swept.length).toBeGreaterThan(8);
    expect(await rowsIn()).toBe(before);
    expect((await endpoint.request('GET', 'Patient?family=f')).body.total).toBe(24);
  });

  it('is left empty when it is swept itself', async () => {
    let rows = 1;
    while (rows > 0) rows = await endpoint.sql.transaction((tx) => resourceStore.sweep(tx, endpoint.ctx.store, 7));
    expect(await rowsIn()).toBe(0);
  });
});

describe('composeFhir', () => {
  it('serves the operations that it is given, and no other', () => {
    expect(Object.keys(composeFhir({ operations: [readResource] }).handlers)).toEqual(['readResource']);
  });
});
