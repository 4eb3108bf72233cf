import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adt, testPerson } from '../../sandbox/conformance/hl7-messages.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { MllpClient } from '../../sandbox/hl7v2/mllp-client.ts';
import { owner } from './conform-harness.test-data.ts';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';

const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path, { MLLP_PORTS: '0,0' });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

interface Proxy {
  readonly url: string;
  /** Ends it as Ctrl-C does. */
  end(): Promise<{ readonly code: number | null; readonly reports: readonly Report[] }>;
}

const between = async (...args: readonly string[]): Promise<Proxy> => {
  const child = spawn(process.execPath, [start, 'proxy', '--format', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /ready on (\S+)\n/.exec(said)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}:\n${said}`)));
  });
  return {
    url,
    end: async () => {
      const gone = once(child, 'close');
      child.kill('SIGINT');
      const [code] = await gone;
      return { code, reports: JSON.parse(output) };
    },
  };
};

const verdicts = (reports: readonly Report[], role: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    reports
      .filter((one) => one.role === role)
      .flatMap(({ requirements }) => requirements.map(({ id, verdict }) => [id, verdict])),
  );

const { open } = owner(() => service.url);
const addressOf = async (pattern: string, participant: string, protocol: string): Promise<string> => {
  const { endpoints } = await open({ pattern });
  return endpoints.find((one) => one.participant === participant && one.protocol === protocol)?.url ?? '';
};
const PATTERN = ['--pattern', 'synchronous-request-response'];

const started: Server[] = [];
afterAll(() => {
  for (const server of started) server.close().closeAllConnections();
});
/** A system that answers everything alike. */
const system = async (answer: string): Promise<string> => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end(answer),
  );
  started.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/fhir`;
};

describe('fingerpost proxy', () => {
  it('hands on what two systems say over HTTP, keeps them on its way, and judges both', async () => {
    const record = join(folder.path, 'passed.ndjson');
    const upstream = await addressOf('synchronous-request-response', 'provider', 'fhir-r4');
    const proxy = await between(...PATTERN, '--upstream', upstream, '--record', record);
    const send = (path: string, init: RequestInit = {}) =>
      fetch(path.startsWith('http') ? path : `${proxy.url}${path}`, {
        ...init,
        headers: { 'content-type': 'application/fhir+json', 'x-request-id': crypto.randomUUID(), ...init.headers },
      });
    const page = (await (await send('/Patient?_count=1')).json()) as {
      link: { relation: string; url: string }[];
      entry: { resource: { id: string } }[];
    };
    const next = page.link.find(({ relation }) => relation === 'next')?.url ?? '';
    expect(next.startsWith(proxy.url)).toBe(true);
    expect((await send(next)).status).toBe(200);
    const id = page.entry[0]?.resource.id;
    const read = await send(`/Patient/${id}`);
    const patient = await read.text();
    const created = await send('/Patient', {
      method: 'POST',
      body: JSON.stringify({ resourceType: 'Patient', name: [{ family: 'Ä' }] }),
    });
    expect(created.headers.get('location')?.startsWith(proxy.url)).toBe(true);
    expect(
      (await send('/Patient/nobody-has-this', { headers: { authorization: 'Bearer not-for-anybody-1234' } })).status,
    ).toBe(401);
    expect(
      (await send(`/Patient/${id}`, { method: 'PUT', body: patient, headers: { 'if-match': 'W/"99"' } })).status,
    ).toBe(412);

    const { code, reports } = await proxy.end();
    expect(reports.map(({ role, participant }) => [role, participant])).toEqual([
      ['initiator', 'requester'],
      ['responder', 'provider'],
    ]);
    // The requester named a version that it had not seen; the provider did as it should.
    expect(verdicts(reports, 'initiator')).toMatchObject({ 'RRS-03': 'fail' });
    expect(verdicts(reports, 'responder')).toMatchObject({
      'RRS-02': 'pass',
      'COM-04': 'pass',
      'COM-05': 'pass',
      'RRS-05': 'skip',
      'COM-11': 'skip',
    });
    expect(code).toBe(1);
    const lines = (await readFile(record, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.join()).not.toContain('not-for-anybody-1234');
    expect(JSON.parse(lines[3] ?? '').request.body).toContain('Ä');
  });

  it('fails who answers anything with plain text, and says so of nobody else', async () => {
    const [waivers, written] = [join(folder.path, 'waivers.yaml'), join(folder.path, 'between.xml')];
    await writeFile(waivers, 'waivers: [{ check: rrs-02-etag, reason: known, expires: 2099-01-01 }]');
    const held = ['--waivers', waivers, '--min-index', '5', '--report', written];
    const proxy = await between(...PATTERN, '--upstream', await system('hello'), ...held);
    expect(await (await fetch(`${proxy.url}/Patient/1`)).text()).toBe('hello');
    const { code, reports } = await proxy.end();
    expect(verdicts(reports, 'responder')).toMatchObject({ 'RRS-02': 'fail' });
    expect(Object.values(verdicts(reports, 'initiator'))).not.toContain('fail');
    const provider = reports.find(({ role }) => role === 'responder');
    expect([provider?.minIndex, provider?.waivers]).toMatchObject([5, [{ covers: 1 }]]);
    expect((await readFile(written, 'utf8')).match(/<testsuite /g)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('answers 502 where nobody is there, and judges what came of it', async () => {
    const proxy = await between(...PATTERN, '--upstream', 'http://127.0.0.1:1/FHIR/R4');
    const reply = await fetch(`${proxy.url}/Patient/1`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([502, 'application/problem+json']);
    const { code, reports } = await proxy.end();
    expect(reports.find(({ role }) => role === 'responder')?.exchanges[0]?.broken).toMatchObject({ how: 'dropped' });
    expect(code).not.toBe(0);
  });

  it('stands between two systems that speak HL7 v2 over MLLP', async () => {
    const upstream = await addressOf('information-push', 'recipient', 'mllp');
    const proxy = await between('--pattern', 'information-push', '--upstream', `recipient=${upstream}`);
    const { hostname, port } = new URL(proxy.url);
    const client = new MllpClient({ address: hostname, port: Number(port) });
    const message = adt({}, { trigger: 'A28', person: testPerson(), at: Date.now() }).toBytes();
    const first = await client.send(message, AbortSignal.timeout(10_000));
    expect(await client.send(message, AbortSignal.timeout(10_000))).toEqual(first);
    expect(first.toString()).toContain('MSA|AA|');
    client.close();
    const { code, reports } = await proxy.end();
    expect(verdicts(reports, 'initiator')).toMatchObject({ 'V2-01': 'pass', 'V2-03': 'skip' });
    expect(verdicts(reports, 'responder')).toMatchObject({
      'V2-02': 'pass',
      'V2-04': 'pass',
      'V2-10': 'pass',
      'V2-07': 'skip',
    });
    expect(code).toBe(0);
  });

  it.each([
    [
      'a live NHS host',
      ['--upstream', 'https://api.service.nhs.uk/personal-demographics/FHIR/R4'],
      'is a live NHS host',
    ],
    ['a participant that is none', ['--upstream', 'nobody=http://127.0.0.1:1'], 'There is no participant nobody'],
    ['no address', ['--upstream', 'somewhere'], 'is not an http or https URL'],
  ])('refuses %s', async (_what, args, said) => {
    const { code, stderr } = await fingerpost(['proxy', ...PATTERN, ...args]);
    expect([code, stderr.includes(said)]).toEqual([2, true]);
  });
});
