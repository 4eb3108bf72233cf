import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import { runConformance } from '../../sandbox/conformance/run.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadConformance } from '../../src/catalogue-conformance.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'publish-subscribe';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

/** A port that was free a moment ago: the seat's URL has to be known before the run listens there. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

interface Box {
  readonly id: string;
  readonly key: string;
}

const control = async (box: Box, method: string, path: string, body: unknown): Promise<Response> => {
  const reply = await fetch(`${service.url}/api/sandboxes/${box.id}${path}`, {
    method,
    headers: { authorization: `Bearer ${box.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply;
};

/** A sandbox whose subscriber is the run's listener. */
const ready = async (dialect: string, port: number): Promise<Box> => {
  const created = await fetch(`${service.url}/api/sandboxes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pattern: PATTERN, dialect }),
  });
  const box = await json<Box>(created);
  const url = `http://127.0.0.1:${port}`;
  await control(box, 'PUT', '/participants/subscriber', { mode: 'external', ...(dialect === 'mns' ? {} : { url }) });
  return box;
};

const run = async (dialect: string, spoil?: (box: Box) => Promise<unknown>) => {
  const port = await freePort();
  const box = await ready(dialect, port);
  await spoil?.(box);
  const catalogue = await openCatalogue();
  const report = await runConformance(await loadConformance(catalogue, PATTERN), {
    pattern: PATTERN,
    dialect,
    target: `${service.url}/sandboxes/${box.id}/broker${dialect === 'mns' ? '' : '/FHIR/R4'}`,
    profile: checkProfile({ consentToWrite: true, timeout: 5_000, listen: { port } }),
    version: 'test',
  });
  const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
  const failed = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  return { box, report, verdictOf, failed: failed.map(({ id }) => id) };
};

const PASSED: Readonly<Record<string, readonly string[]>> = {
  'fhir-r4': ['PUB-02', 'PUB-03', 'PUB-04', 'PUB-05', 'PUB-09', 'PUB-13'],
  mns: ['PUB-02', 'PUB-04', 'PUB-05', 'PUB-10', 'PUB-13'],
};

describe('a broker of publish/subscribe', () => {
  it.each(['fhir-r4', 'mns'])('passes when it is our own sandbox, in %s', async (dialect) => {
    const { failed, verdictOf, report } = await run(dialect);
    expect(report.requirements.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(failed).toEqual([]);
    for (const id of PASSED[dialect] ?? []) expect([id, verdictOf(id)]).toEqual([id, 'pass']);
  });

  it('fails what it delivers when its notices get lost', async () => {
    const { failed } = await run('mns', (box) =>
      control(box, 'PUT', '/faults', {
        items: [{ participant: 'broker', operation: 'notify', effect: { kind: 'message', as: 'drop' } }],
      }),
    );
    expect(failed).toEqual(['PUB-05']);
  });

  it('shows what its subscriber did, read from the journal', async () => {
    const { box } = await run('fhir-r4');
    const reply = await control(box, 'POST', '/conformance', { participant: 'subscriber' });
    const report = await json<{ requirements: { id: string; verdict: string }[] }>(reply);
    const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
    // The run refuses deliveries on purpose, which a subscriber must not.
    expect(verdictOf('PUB-14')).toBe('fail');
  });
});
