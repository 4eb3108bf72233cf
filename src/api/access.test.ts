import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { type Listed, type Made, startEcho } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
let mine: Made;
let theirs: Made;
const keys: Record<string, string> = {};

const make = async (): Promise<Made> => (await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo' } })).body;
const further = async (made: Made, body: object): Promise<string> => {
  const created = await api<{ key: string }>('POST', `/api/sandboxes/${made.id}/keys`, { key: made.key, body });
  expect(created.status).toBe(201);
  return created.body.key;
};

beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
  [mine, theirs] = [await make(), await make()];
  keys.control = await further(mine, { label: 'second', scope: 'control' });
  keys.read = await further(mine, { label: 'dashboard', scope: 'read' });
  keys.asker = await further(mine, { label: 'supplier', scope: 'participant', participant: 'asker' });
});
afterAll(() => service.close());

type Row = readonly [method: string, path: string, body?: object];
/** Every operation on a sandbox, those that end or empty it last; with what each kind of key is answered. */
const OPERATIONS: readonly (readonly [...row: [string, string, object?], rights: 'any' | 'own' | 'control'])[] = [
  ['GET', '', undefined, 'any'],
  ['GET', '/exchanges', undefined, 'any'],
  ['GET', '/exchanges/none', undefined, 'any'],
  ['GET', '/events', undefined, 'any'],
  ['GET', '/faults', undefined, 'any'],
  ['GET', '/scenarios', undefined, 'any'],
  ['POST', '/conformance', { participant: 'nobody' }, 'any'],
  ['PUT', '/participants/asker', { mode: 'simulated' }, 'own'],
  ['PUT', '/participants/asker/client', {}, 'own'],
  ['POST', '/participants/asker/acts/ask', { id: 'seeded' }, 'own'],
  ['PUT', '/participants/keeper', { mode: 'simulated' }, 'control'],
  ['POST', '/participants/keeper/acts/remind', {}, 'control'],
  ['GET', '/queues', undefined, 'any'],
  ['GET', '/queues/echo.notes/messages', undefined, 'any'],
  ['GET', '/queues/echo.notes/dead-letters', undefined, 'any'],
  ['POST', '/queues/echo.notes/dead-letters/replay', {}, 'control'],
  ['POST', '/queues/echo.notes/dead-letters/none/replay', {}, 'control'],
  ['DELETE', '/queues/echo.notes/dead-letters/none', undefined, 'control'],
  ['GET', '/keys', undefined, 'control'],
  ['POST', '/keys', { label: 'x', scope: 'read' }, 'control'],
  ['PUT', '/faults', { items: [] }, 'control'],
  ['POST', '/clock', { advance: 'PT1S' }, 'control'],
  ['POST', '/scenarios/first-note', {}, 'control'],
  ['POST', '/reset', undefined, 'control'],
];

const call = async ([method, path, body]: Row, id: string, key?: string): Promise<number> => {
  if (path === '/events') {
    const leave = new AbortController();
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const { status } = await fetch(`${service.url}/api/sandboxes/${id}/events`, { headers, signal: leave.signal });
    leave.abort();
    return status;
  }
  const sent = { ...(key === undefined ? {} : { key }), ...(body === undefined ? {} : { body }) };
  return (await api(method, `/api/sandboxes/${id}${path}`, sent)).status;
};

describe.each([...OPERATIONS, ['DELETE', '', undefined, 'control'] as const])(
  'the key of one sandbox: %s %s',
  (method, path, body, rights) => {
    const row: Row = body === undefined ? [method, path] : [method, path, body];

    it('opens nothing of another, nor tells whether there is one', async () => {
      const nowhere = await call(row, 'a'.repeat(26), mine.key);
      expect([await call(row, theirs.id, mine.key), nowhere]).toEqual([404, 404]);
      expect(await call(row, mine.id, theirs.key)).toBe(404);
      expect(await call(row, mine.id, 'fpk_made-up')).toBe(404);
      expect(await call(row, mine.id, mine.endpoints[0]?.credential)).toBe(404);
    });

    it('is asked for, whether the sandbox is there or not', async () => {
      expect([await call(row, mine.id), await call(row, 'a'.repeat(26))]).toEqual([401, 401]);
    });

    it('has to be for it', async () => {
      const may = { any: [true, true], own: [false, true], control: [false, false] }[rights];
      for (const [index, name] of ['read', 'asker'].entries()) {
        const status = await call(row, mine.id, keys[name]);
        expect([name, status === 403]).toEqual([name, !may[index]]);
      }
      if (method !== 'DELETE') expect(await call(row, mine.id, keys.control)).not.toBe(403);
    });
  },
);

describe('keys', () => {
  it('are listed by label and scope, without what they are', async () => {
    const listed = await api<Listed<{ label: string; scope: string }>>('GET', `/api/sandboxes/${mine.id}/keys`, {
      key: mine.key,
    });
    expect(listed.body.items.map(({ label, scope }) => `${label}: ${scope}`)).toEqual(
      expect.arrayContaining(['created with the sandbox: control', 'dashboard: read', 'supplier: participant']),
    );
    expect(JSON.stringify(listed.body)).not.toContain('fpk_');
  });

  it('of a narrower scope are not shown the credentials of participants', async () => {
    const shown = await api<Made>('GET', `/api/sandboxes/${mine.id}`, { key: keys.read ?? '' });
    expect(shown.body.endpoints[0]).not.toHaveProperty('credential');
  });

  it.each([
    [{ label: 'x', scope: 'participant' }, '/participant'],
    [{ label: 'x', scope: 'participant', participant: 'nobody' }, '/participant'],
    [{ label: 'x', scope: 'read', participant: 'asker' }, '/participant'],
    [{ label: '', scope: 'read' }, '/label'],
    [{ label: 'x', scope: 'all' }, '/scope'],
  ])('cannot be made of %o', async (body, at) => {
    const refused = await api<{ errors: { at: string }[] }>('POST', `/api/sandboxes/${mine.id}/keys`, {
      key: mine.key,
      body,
    });
    expect([refused.status, refused.body.errors[0]?.at]).toEqual([400, at]);
  });

  it('are a hundred at most', async () => {
    const made = await make();
    for (let n = 1; n < 100; n += 1) await further(made, { label: `k${n}`, scope: 'read' });
    const path = `/api/sandboxes/${made.id}/keys`;
    expect((await api('POST', path, { key: made.key, body: { label: 'one more', scope: 'read' } })).status).toBe(409);
  });
});

describe('creating beyond loopback', () => {
  const adminKey = 'an-admin-key-of-some-length';
  it.each([
    ['sandboxes', { pattern: 'echo' }],
    ['decisions', { title: 'T', status: 'proposed', answers: { Q1: 'yes', Q2: 'yes', Q3: 'yes' } }],
  ])('%s needs the admin key, unless everybody may', async (what, body) => {
    const guarded = await startEcho({ loopbackOnly: false, adminKey });
    const open = await startEcho({ loopbackOnly: false, openCreation: true });
    try {
      const [onGuarded, onOpen] = await Promise.all([checkedApi(guarded.url), checkedApi(open.url)]);
      const refused = await onGuarded('POST', `/api/${what}`, { body });
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="fingerpost"']);
      expect((await onGuarded('POST', `/api/${what}`, { body, key: 'another-key' })).status).toBe(401);
      expect((await onGuarded('POST', `/api/${what}`, { body, key: adminKey })).status).toBe(201);
      expect((await onOpen('POST', `/api/${what}`, { body })).status).toBe(201);
    } finally {
      await Promise.all([guarded.close(), open.close()]);
    }
  });

  it('does not tell by a decision where a sandbox without credentials is', async () => {
    const open = await startEcho({ loopbackOnly: false, openCreation: true });
    try {
      const api = await checkedApi(open.url);
      const answers = { Q1: 'yes', Q2: 'yes', Q3: 'yes' };
      const body = { title: 'T', status: 'proposed', answers };
      const decision = (await api<{ id: string }>('POST', '/api/decisions', { body })).body.id;
      const make = (auth: string) =>
        api<{ id: string }>('POST', '/api/sandboxes', { body: { pattern: 'echo', auth, decision } });
      await make('none');
      const guarded = (await make('bearer')).body.id;
      expect((await api('GET', `/api/decisions/${decision}`)).body).toMatchObject({ sandboxes: [guarded] });
    } finally {
      await open.close();
    }
  });
});
