import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Ctx } from '../pattern.ts';
import { openSql } from '../sql/open.ts';
import { resourceStore } from './compose.ts';
import { openTestEndpoint } from './fixture.ts';
import { history } from './history.ts';
import { vread } from './repository.ts';
import { indexResources } from './search/index-rows.ts';
import { findMatches } from './search/query.ts';
import { spaceOfType } from './space-of-type.ts';

const FIRST = new Set(['fhir-1', 'fhir-2', 'fhir-search-1']);

it('A store of the first release keeps its resources, versions and index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-'));
  const url = `sqlite:${join(folder, 'old.db')}`;
  const endpoint = await openTestEndpoint();
  const space = spaceOfType(endpoint.ctx.store, 'Patient');
  const before = await openSql(
    url,
    resourceStore.migrations.filter(({ id }) => FIRST.has(id)),
  );
  await before.transaction(async (tx) => {
    const version = (seq: number, id: string, number: number, method: string, body: string | null) =>
      tx.query(
        `insert into fhir_history (store, seq, space, id, version, updated, method, body)
         values ($1, $2, $3, $4, $5, $2, $6, $7)`,
        [endpoint.ctx.store, seq, space, id, number, method, body],
      );
    const resource = (rk: number, id: string, number: number, deleted: number, body: string) =>
      tx.query(
        `insert into fhir_resource (space, rk, id, version, updated, deleted, body) values ($1, $2, $3, $4, $2, $5, $6)`,
        [space, rk, id, number, deleted, body],
      );
    const [one, two] = ['A', 'B'].map((family) => ({ resourceType: 'Patient', name: [{ family }] }));
    await version(1, 'kept', 1, 'POST', JSON.stringify(one));
    await version(2, 'gone', 1, 'PUT', JSON.stringify(one));
    await version(3, 'kept', 2, 'PATCH', JSON.stringify(two));
    await version(4, 'gone', 2, 'DELETE', null);
    await resource(1, 'kept', 2, 0, JSON.stringify(two));
    await resource(2, 'gone', 2, 1, '');
    await indexResources(tx, space, [{ rk: 1, resource: { resourceType: 'Patient', ...two } }]);
  });
  await before.close();

  const sql = await openSql(url, resourceStore.migrations);
  const ctx: Ctx = { ...endpoint.ctx, sql, transaction: (body) => sql.transaction(body) };
  const versions = await history(ctx, sql, { type: 'Patient' }, { limit: 10 });
  expect(versions.map(({ seq, id, version, method }) => [seq, id, version, method])).toEqual([
    [4, 'gone', 2, 'DELETE'],
    [3, 'kept', 2, 'PATCH'],
    [2, 'gone', 1, 'PUT'],
    [1, 'kept', 1, 'POST'],
  ]);
  expect((await vread(ctx, sql, 'Patient', 'kept', '1')).body).toContain('"A"');
  await expect(vread(ctx, sql, 'Patient', 'gone', '2')).rejects.toThrow(/was deleted/);
  expect(await sql.query('select count(*) as n from fhir_history')).toEqual([{ n: 2 }]);
  const found = (family: string) => findMatches(ctx, 'Patient', new URLSearchParams({ family }), 5);
  expect([await found('a'), (await found('b')).map(({ id }) => id)]).toEqual([[], ['kept']]);
  await sql.close();
  await endpoint.close();
  await rm(folder, { recursive: true, force: true });
});
