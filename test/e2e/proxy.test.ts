import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { criteriaSubscription, topicSubscription } from '../../patterns/publish-subscribe/subscribing.ts';
import { adt, testPerson } from '../../sandbox/conformance/hl7-messages.ts';
import { MllpClient } from '../../sandbox/hl7v2/mllp-client.ts';
import { freePort, owner } from './conform-harness.test-data.ts';
import { between, subscriber, verdicts } from './proxied.test-data.ts';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path, { MLLP_PORTS: '0,0' });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { control, open } = owner(() => service.url);
const addressOf = async (pattern: string, participant: string, protocol: string): Promise<string> => {
  const { endpoints } = await open({ pattern });
  return endpoints.find((one) => one.participant === participant && one.protocol === protocol)?.url ?? '';
};
const PATTERN = ['--pattern', 'synchronous-request-response'];
const NEWS = ['--pattern', 'publish-subscribe'];
const UPSTREAM = ['--upstream', 'http://127.0.0.1:1'];

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

const TOPIC = 'https://integration.example/SubscriptionTopic/patient-change';

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

  it('stands at the addresses in subscriptions, too, and judges a broker by what it delivers there', async () => {
    const port = await freePort();
    const box = await open({ pattern: 'publish-subscribe' });
    await control(box, 'PUT', '/participants/subscriber', { mode: 'external', url: `http://127.0.0.1:${port}` });
    const upstream = `${service.url}/sandboxes/${box.id}/broker/FHIR/R4`;
    const at = ['--upstream', upstream, '--deliveries', `http://127.0.0.1:${port}`];
    const proxy = await between('--pattern', 'publish-subscribe', ...at);
    const mine = await subscriber();
    const fhir = { 'content-type': 'application/fhir+json' };
    const subscribe = async (wish: object): Promise<{ id: string; channel: { endpoint: string } }> => {
      const asked = await fetch(`${proxy.url}/Subscription`, {
        method: 'POST',
        headers: fhir,
        body: JSON.stringify(wish),
      });
      return JSON.parse(await asked.text());
    };
    const person = `${upstream}/Patient/9000000009`;
    const change = async (line: string): Promise<void> => {
      const read = await fetch(person);
      const body = JSON.stringify({ ...JSON.parse(await read.text()), address: [{ line: [line] }] });
      await fetch(person, { method: 'PUT', headers: { ...fhir, 'if-match': read.headers.get('etag') ?? '' }, body });
    };
    const records = await subscribe(criteriaSubscription(`${mine.url}/records`, 'Patient?_id=9000000009', true));
    // What it had asked for, and not what its broker was told.
    expect(records.channel.endpoint).toBe(`${mine.url}/records`);
    const wish = { topic: TOPIC, content: 'id-only', heartbeat: 0 };
    const topic = await subscribe(topicSubscription(`${mine.url}/topic`, wish));
    await mine.came('POST /topic');
    for (let shown = ''; !shown.includes('"active"'); )
      shown = await (await fetch(`${proxy.url}/Subscription/${topic.id}`)).text();
    await change('1 New Street');
    await Promise.all([mine.came('PUT /records/Patient/9000000009'), mine.came('POST /topic')]);
    mine.refuse('/topic');
    await change('2 New Street');
    await mine.came('POST /topic');
    await fetch(`${proxy.url}/Subscription/${topic.id}/$status`);
    mine.close();

    const { reports } = await proxy.end();
    expect(verdicts(reports, 'responder')).toMatchObject({
      'PUB-02': 'pass',
      'PUB-03': 'pass',
      'PUB-05': 'pass',
      'PUB-09': 'pass',
      'PUB-13': 'skip',
    });
    // It refused what was brought to it.
    expect(verdicts(reports, 'initiator')).toMatchObject({ 'PUB-01': 'pass', 'PUB-14': 'fail' });
  });

  it.each([
    [
      'a live NHS host',
      ['--upstream', 'https://api.service.nhs.uk/personal-demographics/FHIR/R4'],
      'is a live NHS host',
    ],
    ['a participant that is none', ['--upstream', 'nobody=http://127.0.0.1:1'], 'There is no participant nobody'],
    ['no address', ['--upstream', 'somewhere'], 'is not an http or https URL'],
    ['deliveries where there are none', [...UPSTREAM, '--deliveries'], 'no message names an address'],
    ['deliveries at no address', [...UPSTREAM, ...NEWS, '--deliveries', 'ftp://here'], 'is not an http or https URL'],
    [
      'deliveries behind which no path can stand',
      [...UPSTREAM, ...NEWS, '--deliveries', 'http://here/?a=b'],
      'it has no query',
    ],
  ])('refuses %s', async (_what, args, said) => {
    const { code, stderr } = await fingerpost(['proxy', ...PATTERN, ...args]);
    expect([code, stderr.includes(said)]).toEqual([2, true]);
  });
});
