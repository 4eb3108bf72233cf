import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreMigrations } from '../../schema.ts';
import { storeOf } from '../../space.ts';
import { openSql } from '../../sql/open.ts';
import { resourceStore } from '../compose.ts';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';
import { spaceOfType } from '../space-of-type.ts';
import { findMatches } from './query.ts';

let endpoint: TestEndpoint;
beforeEach(async () => {
  endpoint = await openTestEndpoint();
});
afterEach(() => endpoint.close());

const patient = (family: string, id?: string) => ({
  resourceType: 'Patient',
  ...(id === undefined ? {} : { id }),
  name: [{ family }],
});
const total = async (url: string): Promise<number | undefined> => (await endpoint.request('GET', url)).body.total;
const put = (type: string, id: string, rest: object) =>
  endpoint.request('PUT', `${type}/${id}`, { body: { resourceType: type, id, ...rest } });
const indexedRows = async (): Promise<number> =>
  (await endpoint.sql.query<{ n: number }>('select count(*) as n from search_string'))[0]?.n ?? 0;

describe('the index of what was created', () => {
  it('is written when somebody searches, who finds everything', async () => {
    for (let index = 0; index < 20; index++) await endpoint.request('POST', 'Patient', { body: patient('Late') });
    expect(await indexedRows()).toBe(0);
    expect(await total('Patient?family=late')).toBe(20);
    expect(await indexedRows()).toBe(40);
    await endpoint.request('POST', 'Patient', { body: patient('Late') });
    expect(await total('Patient?family=late')).toBe(21);
  });

  it('is never far behind, though nobody searches', async () => {
    const entry = Array.from({ length: 500 }, () => ({
      resource: patient('Many'),
      request: { method: 'POST', url: 'Patient' },
    }));
    await endpoint.request('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
    // Where a thread follows what is created, that it has is for the clock of this test to say.
    while (endpoint.sql.beside !== undefined && (await indexedRows()) <= 2 * (500 - 128)) await nextTurn();
    expect(await indexedRows()).toBeGreaterThan(2 * (500 - 128));
    expect(await total('Patient?family=many&_summary=count')).toBe(500);
  });

  it.each(['follows', 'has died'])('is complete at every moment, while the thread that writes it %s', async (how) => {
    const dying = new URL('../../sql/copying-thread.test-data.ts', import.meta.url);
    if (how === 'has died') await endpoint.sql.beside?.(dying, -2).catch(() => undefined);
    for (const round of [0, 1]) {
      const entry = Array.from({ length: 150 }, (_, index) => ({
        resource: patient(`Round${round}`, `r${round}-${index}`),
        request: { method: 'PUT', url: `Patient/r${round}-${index}` },
      }));
      for (const status of ['201', '200']) {
        const body = { resourceType: 'Bundle', type: 'batch', entry };
        const answer = await endpoint.request('POST', '', { body });
        expect(answer.body.entry?.map(({ response }) => response?.status.slice(0, 3))).toEqual(Array(150).fill(status));
        expect(await total(`Patient?family=round${round}&_summary=count`)).toBe(150);
      }
      await endpoint.request('DELETE', `Patient/r${round}-0`);
      expect(await total(`Patient?family=round${round}&_summary=count`)).toBe(149);
    }
  });

  it('is complete for a condition, and for a search in the transaction that creates', async () => {
    const headers = { 'if-none-exist': 'family=once' };
    expect((await endpoint.request('POST', 'Patient', { body: patient('Once'), headers })).status).toBe(201);
    expect((await endpoint.request('POST', 'Patient', { body: patient('Once'), headers })).status).toBe(200);
    const { body } = await endpoint.request('POST', '', {
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { resource: patient('Inside'), request: { method: 'POST', url: 'Patient' } },
          { request: { method: 'GET', url: 'Patient?family=inside' } },
        ],
      },
    });
    expect(body.entry?.[1]?.resource?.total).toBe(1);
  });

  it.each([
    'Observation?subject:Patient.family=chained',
    'Patient?_has:Observation:subject:status=final',
    'Patient?_has:Observation:subject:performer:Organization.name=lab',
  ])('is complete for the other types that %s reads', async (url) => {
    await put('Patient', 'p', { name: [{ family: 'Chained' }] });
    await put('Organization', 'o', { name: 'Lab' });
    const references = { subject: { reference: 'Patient/p' }, performer: [{ reference: 'Organization/o' }] };
    await put('Observation', 'x', { status: 'final', code: { text: 'x' }, ...references });
    expect(await total(url)).toBe(1);
  });

  it.each([
    ['Observation?_include=Observation:subject', ['Observation', 'Patient']],
    ['Patient?_revinclude=Observation:subject', ['Patient', 'Observation']],
    ['Patient?_revinclude=Observation:subject&_include:iterate=Observation:performer', ['Patient', 'Observation']],
  ])('is complete for what comes along with %s', async (url, types) => {
    await put('Patient', 'p', {});
    const references = { subject: { reference: 'Patient/p' }, performer: [{ reference: 'Patient/p' }] };
    await put('Observation', 'x', { status: 'final', code: { text: 'x' }, ...references });
    const { body } = await endpoint.request('GET', url);
    expect(body.entry?.map(({ resource }) => resource?.resourceType)).toEqual(types);
  });

  it('holds what a resource is by then: updated, deleted, or brought back', async () => {
    await put('Patient', 'a', patient('First', 'a'));
    await put('Patient', 'a', patient('Second', 'a'));
    await put('Patient', 'b', patient('First', 'b'));
    await endpoint.request('DELETE', 'Patient/b');
    expect([await total('Patient?family=first'), await total('Patient?family=second')]).toEqual([0, 1]);
    await put('Patient', 'b', patient('Back', 'b'));
    await put('Patient', 'a', patient('Third', 'a'));
    expect([await total('Patient?family=second'), await total('Patient?family=third,back')]).toEqual([0, 2]);
    await endpoint.request('DELETE', 'Patient/a');
    expect(await total('Patient?family=third,back')).toBe(1);
  });

  it('is completed by whoever opens the store after the process that created has died', async () => {
    await endpoint.request('POST', 'Patient', { body: patient('Survivor') });
    const sql = await openSql(endpoint.url, [...coreMigrations, ...resourceStore.migrations]);
    const next = { store: endpoint.ctx.store, sql, transaction: sql.transaction };
    expect(await findMatches(next, 'Patient', new URLSearchParams('family=survivor'), 2)).toHaveLength(1);
    await sql.close();
  });

  it('knows references to the endpoint itself, whoever has it written', async () => {
    const base = 'http://sandbox.test/sandboxes/s/provider/FHIR/R4';
    await put('Patient', 'p', {});
    await put('Observation', 'x', {
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `${base}/Patient/p` },
    });
    const query = new URLSearchParams('subject=Patient/p');
    expect(await findMatches(endpoint.ctx, 'Observation', query, 2)).toHaveLength(1);
  });

  it('is complete in a copy of the store, which has nothing to catch up', async () => {
    await endpoint.request('POST', 'Patient', { body: patient('Copied') });
    const copy = { ...endpoint.ctx, store: storeOf(2, 0) };
    await endpoint.sql.transaction((tx) => resourceStore.copy(tx, endpoint.ctx.store, copy.store));
    const space = spaceOfType(copy.store, 'Patient');
    expect(await endpoint.sql.query('select upto from search_progress where space = $1', [space])).toHaveLength(1);
    expect(await findMatches(copy, 'Patient', new URLSearchParams('family=copied'), 2)).toHaveLength(1);
  });
});
