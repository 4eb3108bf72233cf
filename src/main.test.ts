import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSql } from '../sandbox/sql/open.ts';
import { testStore } from '../sandbox/sql/store.test-data.ts';
import { checkedApi } from './api/test/checked-api.ts';
import { echoCatalogue, type Listed, type Made, type Shown, startEcho } from './api/test/echo-service.ts';
import { GRACE } from './listen.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fingerpost-'));
});
afterAll(() => rm(folder, { recursive: true }));
const store = async (name: string) => ({ storeUrl: await testStore(join(folder, name)) });

describe('the service', () => {
  it('keeps everything over a restart, and goes on', async () => {
    const first = await startEcho(await store('restart.db'));
    const api = await checkedApi(first.url);
    const { body: made } = await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo', seed: 5 } });
    await api('POST', `/api/sandboxes/${made.id}/clock`, { key: made.key, body: { advance: 'P2D' } });
    await api('PUT', `/api/sandboxes/${made.id}/participants/asker`, { key: made.key, body: { mode: 'external' } });
    await first.close();

    const second = await startEcho(await store('restart.db'));
    const again = await checkedApi(second.url);
    const shown = await again<Made>('GET', `/api/sandboxes/${made.id}`, { key: made.key });
    expect(shown.body).toMatchObject({ id: made.id, participants: [{ mode: 'external' }, {}] });
    expect(Date.parse(shown.body.clock.now) - Date.now()).toBeGreaterThan(170_000_000);
    expect((await fetch(`${second.url}/sandboxes/${made.id}/FHIR/R4/Basic/seeded`)).status).toBe(200);
    const journal = await again<Listed<Shown>>('GET', `/api/sandboxes/${made.id}/exchanges`, { key: made.key });
    expect(journal.body.items.map(({ operation }) => operation).slice(0, 2)).toEqual(['setClock', 'setParticipant']);
    await second.close();
  });

  it('starts a new generation when a sandbox is reset, and sweeps what the old one held', async () => {
    const service = await startEcho(await store('reset.db'), { sweepEvery: 5 });
    const api = await checkedApi(service.url);
    const { body: made } = await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo' } });
    await api('POST', `/api/sandboxes/${made.id}/reset`, { key: made.key });
    while (!/what="generations_to_sweep"\} 0\n/.test((await api<string>('GET', '/metrics')).body));
    await service.close();
    const sql = await openSql((await store('reset.db')).storeUrl, []);
    expect(await sql.query('select generation from sandbox')).toEqual([{ generation: 2 }]);
    // One for the template, one for the sandbox as it is now.
    expect(await sql.query('select count(distinct store) as stores from note')).toEqual([{ stores: 2 }]);
    await sql.close();
  });

  it('lets a sandbox go when its real time is up, not its own, and sweeps what it held', async () => {
    let now = Date.parse('2026-11-22T12:00:00Z');
    const service = await startEcho({}, { now: () => now, sweepEvery: 5 });
    const api = await checkedApi(service.url);
    const { body: made } = await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo', ttl: 'PT1H' } });
    const path = `/api/sandboxes/${made.id}`;
    await api('POST', `${path}/clock`, { key: made.key, body: { advance: 'P5D' } });
    expect((await api('GET', path, { key: made.key })).status).toBe(200);
    const events = await fetch(`${service.url}${path}/events`, { headers: { authorization: `Bearer ${made.key}` } });
    now += 3_600_000;
    expect((await api('GET', path, { key: made.key })).status).toBe(404);
    expect((await fetch(`${made.endpoints[0]?.url}/Basic/seeded`)).status).toBe(404);
    // The stream ends once the sweeper has forgotten the sandbox.
    expect(await events.text()).toContain('event: gone');
    const left = async (): Promise<string> => (await api<string>('GET', '/metrics')).body;
    while (!/what="generations_to_sweep"\} 0/.test(await left()));
    expect(await left()).toMatch(/what="sandboxes"\} 0/);
    await service.close();
  });

  it('finishes what is in flight when it closes, ends streams, and closes once and soon', async () => {
    const service = await startEcho();
    const api = await checkedApi(service.url);
    const { body: made } = await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo' } });
    const faults = { items: [{ participant: 'keeper', effect: { kind: 'latency', ms: 200 } }] };
    await api('PUT', `/api/sandboxes/${made.id}/faults`, { key: made.key, body: faults });
    const events = await fetch(`${service.url}/api/sandboxes/${made.id}/events?key=${made.key}`);
    const slow = fetch(`${made.endpoints[0]?.url}/Basic/seeded`);
    const text = events.text();
    // Connections are accepted in order, so that once this is answered the slow request is under way.
    await fetch(`${service.url}/healthz`);
    const began = performance.now();
    const closing = service.close();
    expect(service.close()).toBe(closing);
    expect((await slow).status).toBe(200);
    expect(await text).toContain('retry: 2000');
    await closing;
    // A connection that is kept alive after its answer is not waited for until it is cut.
    expect(performance.now() - began).toBeLessThan(GRACE);
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
  });

  it('keeps the newest templates only, however many seeds are asked for, and seeds again what is gone', async () => {
    const service = await startEcho({}, { sweepEvery: 5 });
    const api = await checkedApi(service.url);
    const make = async (seed: number): Promise<Made> =>
      (await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo', seed } })).body;
    const first = await make(1);
    for (let seed = 2; seed <= 55; seed += 1) await make(seed);
    const metrics = async (): Promise<string> => (await api<string>('GET', '/metrics')).body;
    expect(await metrics()).toMatch(/what="templates"\} 48\n/);
    while (!/what="generations_to_sweep"\} 0\n/.test(await metrics()));
    const noteOf = async ({ endpoints }: Made): Promise<string> =>
      (await fetch(`${endpoints[0]?.url}/Basic/seeded`)).text();
    expect(await noteOf(first)).toContain('seed 1');
    await api('POST', `/api/sandboxes/${first.id}/reset`, { key: first.key });
    expect(await noteOf(first)).toContain('seed 1');
    await service.close();
  });

  it('asks the questions of an organisation’s own tree, and does not start with a broken one', async () => {
    const file = join(folder, 'tree.yaml');
    const { text } = await (await echoCatalogue()).tree();
    await writeFile(file, text.replace(/^title: .*$/m, 'title: Our own'));
    const service = await startEcho({}, { tree: file });
    const guide = await (await checkedApi(service.url))('GET', '/api/guide');
    expect(guide.body.title).toBe('Our own');
    await service.close();
    await writeFile(file, 'title: Nothing else');
    await expect(startEcho({}, { tree: file })).rejects.toThrow(`${file} is not a usable decision tree`);
  });

  it('keeps an idle connection for longer than those do who call it, so that none is reset under them', async () => {
    const service = await startEcho();
    const reply = await fetch(`${service.url}/healthz`);
    expect([reply.status, reply.headers.get('keep-alive')]).toEqual([200, 'timeout=65']);
    await reply.arrayBuffer();
    await service.close();
  });

  it('closes what it had opened when it cannot listen', async () => {
    const first = await startEcho(await store('port.db'));
    const port = Number(new URL(first.url).port);
    await expect(startEcho({ ...(await store('other.db')), port })).rejects.toThrow('EADDRINUSE');
    const again = await startEcho(await store('other.db'));
    expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
    await Promise.all([first.close(), again.close()]);
  });
});
