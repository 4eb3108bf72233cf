import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listed, type Made, type Shown, startEcho } from '../../src/api/test/echo-service.ts';
import { type Postgres, postgresIsMissing, startPostgres } from '../engines/postgres.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox, json, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let server: Postgres;
let store: string;
let one: Service;
let other: Service;
let sandbox: CreatedSandbox;

/** The same address at the other node. */
const across = (address: string): string => address.replace(one.url, other.url);
const put = (base: string, id: string, family: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${base}/Patient/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: JSON.stringify({ resourceType: 'Patient', id, name: [{ family }] }),
  });

/** Reads a stream of events until one says so; rejects where none does, long before a heartbeat would look at the rows. */
const waitFor = async (stream: Response, wanted: string): Promise<void> => {
  let text = '';
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(wanted)) return;
  }
  throw new Error(`the stream ended without ${wanted}: ${text}`);
};

describe.skipIf(postgresIsMissing())('two nodes on one PostgreSQL', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startPostgres();
    store = await server.createDatabase();
    // At the same time: one of them makes the tables.
    [one, other] = await Promise.all([
      startService(folder.path, { STORE_URL: store }),
      startService(folder.path, { STORE_URL: store }),
    ]);
    sandbox = await createSandbox(one.url);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    await server.remove();
    folder.remove();
  });

  it('serve the same sandboxes: what is written by one is read by the other at once', async () => {
    const written = await put(sandbox.fhir, 'shared', 'Written-Here');
    expect(written.status).toBe(201);
    const read = await fetch(`${across(sandbox.fhir)}/Patient/shared`);
    expect(await read.text()).toBe(await written.text());
  });

  it('show in the events of one what came through the other, and that the sandbox is gone', async () => {
    const mine = await createSandbox(one.url);
    const signal = AbortSignal.timeout(10_000);
    const events = await fetch(`${other.url}/api/sandboxes/${mine.id}/events?key=${mine.key}`, { signal });
    const seen = waitFor(events.clone(), 'Told-Across');
    await put(mine.fhir, 'told', 'Told-Across');
    await seen;
    const gone = waitFor(events, 'event: gone');
    await request(one.url, 'DELETE', `/api/sandboxes/${mine.id}`, { key: mine.key });
    await gone;
  });

  it('lose none of ten writes that race for one record, and give every version a number of its own', async () => {
    await put(sandbox.fhir, 'raced', 'First');
    const bases = [sandbox.fhir, across(sandbox.fhir)];
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, writer) => put(bases[writer % 2] ?? '', 'raced', `Writer-${writer}`)),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const versions = replies.map((reply) => reply.headers.get('etag'));
    expect(versions.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `W/"${n + 2}"`).toSorted());
    const history = await json<{ entry: { resource: { name: { family: string }[] } }[] }>(
      await fetch(`${sandbox.fhir}/Patient/raced/_history?_count=50`),
    );
    expect(history.entry.map(({ resource }) => resource.name[0]?.family).toSorted()).toEqual(
      ['First', ...Array.from({ length: 10 }, (_, writer) => `Writer-${writer}`)].toSorted(),
    );
  });

  it('let exactly one of ten writers win that all change the same version', async () => {
    await put(sandbox.fhir, 'contested', 'First');
    const bases = [sandbox.fhir, across(sandbox.fhir)];
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, writer) =>
        put(bases[writer % 2] ?? '', 'contested', `Writer-${writer}`, { 'if-match': 'W/"1"' }),
      ),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
  });

  it('fire each timer once', async () => {
    const fast = await server.createDatabase();
    const nodes = await Promise.all([startEcho({ storeUrl: fast }), startEcho({ storeUrl: fast })]);
    const [url = ''] = nodes.map((node) => node.url);
    const { body } = await request(url, 'POST', '/api/sandboxes', { body: { pattern: 'echo' } });
    const { id, key } = body as Made;
    for (let n = 0; n < 10; n += 1)
      await request(url, 'POST', `/api/sandboxes/${id}/participants/keeper/acts/remind`, { key, body: { note: 'n' } });
    const timers = async (): Promise<readonly Shown[]> => {
      const page = await request(url, 'GET', `/api/sandboxes/${id}/exchanges?limit=1000`, { key });
      return (page.body as Listed<Shown>).items.filter(({ kind }) => kind === 'timer');
    };
    // An hour passes in a third of a second, and both nodes look what is due.
    await request(url, 'POST', `/api/sandboxes/${id}/clock`, { key, body: { speed: 10_000 } });
    while ((await timers()).length < 10);
    await Promise.all(nodes.map((node) => node.close()));
    const again = await startEcho({ storeUrl: fast });
    const { body: left } = await request(again.url, 'GET', `/api/sandboxes/${id}/exchanges?limit=1000`, { key });
    expect((left as Listed<Shown>).items.filter(({ kind }) => kind === 'timer')).toHaveLength(10);
    await again.close();
  });

  it('carry out what was asked while the server was stopped once it is started, and need no start of their own', async () => {
    await server.stop();
    const asked = [put(sandbox.fhir, 'patient', 'Waited'), put(across(sandbox.fhir), 'patient-too', 'Waited')];
    await server.start();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([201, 201]);
    const ready = await Promise.all([one, other].map(({ url }) => fetch(`${url}/readyz`)));
    expect(ready.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('go on when one of them is killed in the middle of its writes, and have all that it acknowledged', async () => {
    const acknowledged: string[] = [];
    let killed: Promise<void> | undefined;
    const write = async (n: number): Promise<void> => {
      const reply = await put(sandbox.fhir, `w${n}`, `Write-${n}`).catch((error: unknown) => {
        if (killed === undefined) throw error;
      });
      if (reply === undefined) return;
      if (reply.status === 201) acknowledged.push(`w${n}`);
      if (acknowledged.length === 20) killed ??= one.kill();
    };
    const writer = async (first: number): Promise<void> => {
      for (let n = first; n < 100 && killed === undefined; n += 8) await write(n);
    };
    await Promise.all(Array.from({ length: 8 }, (_, first) => writer(first)));
    await killed;
    const read = (id: string): Promise<Response> => fetch(`${across(sandbox.fhir)}/Patient/${id}`);
    const statuses = await Promise.all(acknowledged.map(async (id) => (await read(id)).status));
    expect(statuses.length).toBeGreaterThanOrEqual(20);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await put(across(sandbox.fhir), 'later', 'Goes-On')).status).toBe(201);
  });
});
