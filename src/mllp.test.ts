import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Config } from '../sandbox/config.ts';
import { MllpClient } from '../sandbox/hl7v2/mllp-client.ts';
import { hl7v2 } from '../sandbox/hl7v2/part.ts';
import type { PatternApp } from '../sandbox/pattern.ts';
import { testStore } from '../sandbox/sql/store.test-data.ts';
import { checkedApi } from './api/test/checked-api.ts';
import { echoCatalogue, type Made, type Shown, startEcho } from './api/test/echo-service.ts';
import type { Catalogue } from './catalogue.ts';

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-mllp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The pattern echo, whose keeper receives HL7 v2 too. */
const catalogue = async (): Promise<Catalogue> => {
  const own = await echoCatalogue();
  const receiving = (app: PatternApp): PatternApp => ({
    ...app,
    hl7v2: hl7v2({ keeper: { receive: async () => ({}) } }),
  });
  const loaded = await own.load('echo');
  const echo = { ...loaded, app: receiving(loaded.app) };
  return {
    ...own,
    app: async (id) => (id === 'echo' ? echo.app : own.app(id)),
    load: async (id) => (id === 'echo' ? echo : own.load(id)),
  };
};
const start = async (mllp: Config['mllp'], storeUrl?: string) => {
  const service = await startEcho(
    { mllp, storeUrl: storeUrl ?? (await testStore()) },
    { catalogue: await catalogue() },
  );
  const api = await checkedApi(service.url);
  const make = async (): Promise<Made> =>
    (await api<Made>('POST', '/api/sandboxes', { body: { pattern: 'echo' } })).body;
  const mllpOf = async ({ id, key }: Made) => {
    const { endpoints } = (await api<Made>('GET', `/api/sandboxes/${id}`, { key })).body;
    return endpoints.filter(({ protocol }) => protocol === 'mllp').map(({ url, note }) => url ?? note);
  };
  return { service, api, make, mllpOf };
};
const send = async (url: string | undefined, message: string): Promise<string> => {
  const { hostname, port } = new URL(url ?? '');
  const client = new MllpClient({ address: hostname, port: Number(port) });
  const reply = await client.send(Buffer.from(message), AbortSignal.timeout(5000));
  client.close();
  return reply.toString();
};
const message = (id: string): string => `MSH|^~\\&|A|B|C|D|||ADT^A01|${id}|P|2.4\r`;
const free = { ports: [0, 0], asked: true };

describe('the ports for MLLP', () => {
  it('are leased to the sandboxes that are made, and given back when those are deleted', async () => {
    const { service, api, make, mllpOf } = await start(free);
    const [first, second, third] = [await make(), await make(), await make()];
    const [[one], [two], [none]] = [await mllpOf(first), await mllpOf(second), await mllpOf(third)];
    expect([one, two]).toEqual([expect.stringMatching(/^mllp:\/\/127\.0\.0\.1:\d+$/), expect.stringMatching(/^mllp:/)]);
    expect(two).not.toBe(one);
    expect(none).toContain('other sandboxes have all 2 of MLLP_PORTS');
    expect(await send(one, message('M1'))).toContain('MSA|AA|M1');
    await api('POST', `/api/sandboxes/${first.id}/reset`, { key: first.key });
    expect(await mllpOf(first)).toEqual([one]);
    await api('DELETE', `/api/sandboxes/${first.id}`, { key: first.key });
    expect(await send(one, message('M2'))).toContain('No sandbox has this port now');
    await api('POST', `/api/sandboxes/${third.id}/reset`, { key: third.key });
    expect(await mllpOf(third)).toEqual([one]);
    const { items } = (await api<{ items: Shown[] }>('GET', `/api/sandboxes/${third.id}/exchanges`, { key: third.key }))
      .body;
    expect(items.filter(({ kind }) => kind === 'mllp')).toEqual([]);
    await service.close();
  });

  it('stay with a sandbox when the service starts again, and others take the place of those that are gone', async () => {
    const storeUrl = await testStore(join(folder, 'again.db'));
    const before = await start(free, storeUrl);
    const made = await before.make();
    const [first] = await before.mllpOf(made);
    await before.service.close();
    const same = await start({ ports: [Number(new URL(first ?? '').port)], asked: true }, storeUrl);
    expect(await same.mllpOf(made)).toEqual([first]);
    await same.service.close();
    const other = await start(free, storeUrl);
    const [second] = await other.mllpOf(made);
    expect(await send(second, message('M1'))).toContain('MSA|AA|M1');
    await other.service.close();
  });

  it('are shown as none, with the reason, where there are none', async () => {
    const { service, make, mllpOf } = await start({ ports: [], asked: true });
    expect(await mllpOf(await make())).toEqual([expect.stringContaining('MLLP_PORTS is none here')]);
    await service.close();
  });

  it('have to be free where they were asked for, and are left out where they are the usual ones', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ ports: [port], asked: true })).rejects.toThrow(
      `MLLP_PORTS: these ports cannot be listened on: ${port} (EADDRINUSE)`,
    );
    const { service, make, mllpOf } = await start({ ports: [port, 0], asked: false });
    expect(await send((await mllpOf(await make()))[0], message('M1'))).toContain('MSA|AA|M1');
    await service.close();
    taken.close();
  });

  it('can be faulty by the API, for one type of message', async () => {
    const { service, api, make, mllpOf } = await start(free);
    const made = await make();
    const put = (items: readonly object[]) =>
      api('PUT', `/api/sandboxes/${made.id}/faults`, { key: made.key, body: { items } });
    const effect = { kind: 'mllp', as: 'AR' };
    expect((await put([{ participant: 'keeper', operation: 'ADT^A01', effect }])).status).toBe(200);
    expect(await send((await mllpOf(made))[0], message('M1'))).toContain('MSA|AR|M1');
    expect((await put([{ participant: 'keeper', operation: 'nothing', effect }])).status).toBe(400);
    await service.close();
  });
});
