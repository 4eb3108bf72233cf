import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import { runConformance } from '../../sandbox/conformance/run.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadConformance } from '../../src/catalogue-conformance.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'asynchronous-request-response';
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

/** A sandbox whose clinician completes every referral at once, and whose requester is the run's listener. */
const ready = async (dialect: string, port: number): Promise<Box> => {
  const created = await fetch(`${service.url}/api/sandboxes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pattern: PATTERN, dialect }),
  });
  const box = await json<Box>(created);
  await control(box, 'POST', '/participants/provider/acts/set-clinician', { decision: 'reject', after: 'PT1S' });
  await control(box, 'PUT', '/participants/requester', { mode: 'external', url: `http://127.0.0.1:${port}` });
  return box;
};

const run = async (dialect: string, spoil?: (box: Box) => Promise<unknown>) => {
  const port = await freePort();
  const box = await ready(dialect, port);
  await spoil?.(box);
  const catalogue = await openCatalogue();
  const headers = dialect === 'bars' ? { 'NHSD-Target-Identifier': 'e30=' } : {};
  const report = await runConformance(await loadConformance(catalogue, PATTERN), {
    pattern: PATTERN,
    dialect,
    target: `${service.url}/sandboxes/${box.id}/provider/FHIR/R4`,
    profile: checkProfile({ consentToWrite: true, timeout: 15_000, headers, listen: { port } }),
    version: 'test',
  });
  const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
  const failed = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  return { box, report, verdictOf, failed: failed.map(({ id }) => id) };
};

describe('a provider of asynchronous request/response', () => {
  it.each(['fhir-r4', 'bars'])('passes when it is our own sandbox, in %s', async (dialect) => {
    const { failed, verdictOf, report } = await run(dialect);
    expect(report.requirements.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(failed).toEqual([]);
    for (const id of ['RRA-01', 'RRA-04', 'RRA-05', 'RRA-07', 'RRA-12', 'RRA-13', 'RRA-14'])
      expect([id, verdictOf(id)]).toEqual([id, 'pass']);
    if (dialect === 'fhir-r4') expect(verdictOf('RRA-02')).toBe('pass');
  });

  it('fails the acknowledgement when it is told to answer 500', async () => {
    const { failed } = await run('bars', (box) =>
      control(box, 'PUT', '/faults', {
        items: [{ participant: 'provider', operation: 'processMessage', effect: { kind: 'status', status: 500 } }],
      }),
    );
    expect(failed).toContain('RRA-01');
  });

  it('shows what its requester did, read from the journal', async () => {
    const { box } = await run('bars');
    const reply = await control(box, 'POST', '/conformance', { participant: 'requester' });
    const report = await json<{ requirements: { id: string; verdict: string }[] }>(reply);
    const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
    expect(verdictOf('RRA-12')).toBe('pass');
    // The run sends a message again on purpose although it was acknowledged: a requester must not.
    expect(verdictOf('RRA-08')).toBe('fail');
  });

  it('is judged by what it did at its mailbox where MESH is spoken, and so is its requester', async () => {
    const created = await fetch(`${service.url}/api/sandboxes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pattern: PATTERN, dialect: 'mesh' }),
    });
    const box = await json<Box & { endpoints: readonly { participant: string; protocol: string }[] }>(created);
    expect(new Set(box.endpoints.map((one) => `${one.participant} ${one.protocol}`))).toEqual(
      new Set(['exchange http']),
    );
    const act = (who: string, name: string, input: object = {}) =>
      control(box, 'POST', `/participants/${who}/acts/${name}`, input);
    await act('requester', 'send-referral', { patient: '9000000009' });
    await act('provider', 'collect-mail');
    await act('provider', 'reject');
    await control(box, 'POST', '/clock', { advance: 'PT6M' });
    await act('requester', 'collect-mail');
    const verdicts = async (participant: string) => {
      const reply = await control(box, 'POST', '/conformance', { participant });
      const { requirements } = await json<{ requirements: { id: string; verdict: string }[] }>(reply);
      return Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));
    };
    expect(await verdicts('provider')).toMatchObject({ 'RRA-01': 'pass', 'RRA-04': 'pass', 'RRA-05': 'pass' });
    expect(await verdicts('requester')).toMatchObject({ 'RRA-06': 'pass', 'RRA-08': 'skip', 'RRA-10': 'skip' });
  });
});
