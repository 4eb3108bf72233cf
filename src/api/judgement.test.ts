import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../sandbox/config.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { type RunningService, startService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';

const pattern = 'synchronous-request-response';
let folder: string;
let service: RunningService;
let api: CheckedApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judgement-'));
  service = await startService(
    readConfig({ PORT: '0', ...(await testEnvironment(`${folder}/fp.db`)), LOG_LEVEL: 'silent' }),
  );
  api = await checkedApi(service.url);
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

interface Made {
  readonly id: string;
  readonly key: string;
  readonly endpoints: readonly { readonly participant: string; readonly url: string }[];
}

/** A sandbox whose requester is somebody else's system: ours, below. */
const sandbox = async (dialect: string) => {
  const { body } = await api<Made>('POST', '/api/sandboxes', {
    body: { pattern, dialect, participants: { requester: { mode: 'external' } } },
  });
  const { id, key } = body;
  const url = body.endpoints.find(({ participant }) => participant === 'provider')?.url ?? '';
  const judge = async (asked: object = {}) =>
    (await api<Report>('POST', `/api/sandboxes/${id}/conformance`, { key, body: asked })).body;
  const faults = (...items: readonly object[]) => api('PUT', `/api/sandboxes/${id}/faults`, { key, body: { items } });
  return { id, key, url, judge, faults };
};

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const call = (url: string, { method = 'GET', headers = {}, body }: Sent = {}) =>
  fetch(url, {
    method,
    headers: { 'x-request-id': randomUUID(), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });

/** As a good system does it: again under the same id, after Retry-After or a wait that grows, while nothing final came. */
const persistently = async (url: string, sent: Sent = {}): Promise<Response> => {
  const headers = { 'x-request-id': randomUUID(), ...sent.headers };
  for (let pause = 100; ; pause *= 5) {
    const answer = await call(url, { ...sent, headers }).catch(() => undefined);
    if (answer !== undefined && ![408, 429, 503, 504].includes(answer.status)) return answer;
    const told = answer?.headers.get('retry-after');
    await wait(told == null ? pause : Number(told) * 1_000);
  }
};

const patched = (gender: string, version: string): Sent => ({
  method: 'PATCH',
  headers: { 'content-type': 'application/json-patch+json', 'if-match': version },
  body: { patches: [{ op: 'replace', path: '/gender', value: gender }] },
});

const verdicts = ({ requirements }: Report): Record<string, string> =>
  Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));
const checkOf = ({ requirements }: Report, id: string) =>
  requirements.flatMap(({ checks }) => checks).find(({ check }) => check === id);

const TROUBLE = [
  { participant: 'provider', match: '9000000009', times: 1, effect: { kind: 'status', status: 503, retryAfter: 1 } },
  { participant: 'provider', operation: 'patchPatient', times: 1, effect: { kind: 'drop', when: 'after' } },
  { participant: 'provider', match: '9000000017', times: 2, effect: { kind: 'status', status: 429 } },
];

describe('judging what an external requester did', () => {
  it('passes one that keeps to the rules while things go wrong, and names the exchanges behind each verdict', async () => {
    const { url, judge, faults } = await sandbox('pds');
    await faults(...TROUBLE);
    const read = await persistently(`${url}/Patient/9000000009`);
    await persistently(`${url}/Patient/9000000017`);
    await persistently(`${url}/Patient/9000000009`, patched('unknown', read.headers.get('etag') ?? ''));
    await persistently(`${url}/Patient/9990000018`);
    await persistently(`${url}/Patient/9990000026/RelatedPerson`);
    const report = await judge();
    expect(verdicts(report)).toMatchObject({
      'COM-01': 'pass',
      'COM-02': 'pass',
      'COM-07': 'pass',
      'RRS-03': 'pass',
      'RRS-06': 'pass',
      'RRS-11': 'pass',
      'RRS-02': 'omit',
    });
    expect(report).toMatchObject({ exitCode: 0, role: 'initiator', participant: 'requester', counts: { fail: 0 } });
    const [lost, again] = checkOf(report, 'rrs-11-same-id')?.steps ?? [];
    const shown = (step: string | undefined) => report.exchanges.find((one) => one.step === step);
    expect(shown(lost)?.broken?.detail).toBe('A fault closed the connection');
    expect(shown(lost)?.journal?.fault).toContain('reply dropped after the effect');
    expect(shown(again)?.request.headers['x-request-id']).toBe(shown(lost)?.request.headers['x-request-id']);
  });

  it('fails one that does not, each requirement with what was found', async () => {
    const { url, judge, faults } = await sandbox('pds');
    await faults(...TROUBLE);
    const careless = (path: string, sent: Sent = {}) => call(`${url}${path}`, sent).catch(() => undefined);
    for (let again = 0; again < 2; again += 1) await careless('/Patient/9000000009');
    for (const pause of [0, 400, 0]) {
      await wait(pause);
      await careless('/Patient/9000000017');
    }
    const version = (await careless('/Patient/9000000009'))?.headers.get('etag') ?? '';
    for (let again = 0; again < 2; again += 1) await careless('/Patient/9000000009', patched('unknown', version));
    await careless('/Patient/9000000009', patched('unknown', 'W/"99"'));
    await careless('/Patient/9990000018');
    await careless('/Patient/9990000018/RelatedPerson', { headers: { 'x-request-id': 'one-for-all' } });
    const report = await judge();
    expect(report.exitCode).toBe(1);
    expect(verdicts(report)).toMatchObject({
      'COM-01': 'fail',
      'COM-02': 'fail',
      'COM-07': 'fail',
      'RRS-03': 'fail',
      'RRS-06': 'fail',
      'RRS-11': 'fail',
    });
    for (const [check, words] of [
      ['com-01-uuid', 'with "one-for-all"'],
      ['com-02-same-id', 'GET /Patient/9000000009 → 503, then sent again as'],
      ['com-07-retry-after', '→ 503 with Retry-After 1, and sent again after 0.'],
      ['com-07-back-off', 'It does not back off when it is told 429. It waited 0.'],
      ['rrs-03-if-match', 'with If-Match W/"99"; of Patient/9000000009 it had seen W/"'],
      [
        'rrs-06-returned-id',
        'Patient/9990000018 was answered with Patient/9990000026, and then GET /Patient/9990000018/',
      ],
      ['rrs-11-same-id', 'PATCH /Patient/9000000009 → no reply under'],
    ] as const)
      expect(checkOf(report, check)).toMatchObject({ verdict: 'fail', message: expect.stringContaining(words) });
  });

  it('says what was not observed, with the fault that would show it, ready to be switched on', async () => {
    const { url, judge, faults, id, key } = await sandbox('fhir-r4');
    const before = await judge();
    expect(before).toMatchObject({ exitCode: 4, exchanges: [] });
    const { stimulus, message } = checkOf(before, 'com-07-retry-after') ?? {};
    expect(message).toMatch(/^not observed: no 429 or 503 with Retry-After was answered\. Switch on the fault/);
    expect(stimulus?.fault).toMatchObject({ participant: 'provider', effect: { status: 503, retryAfter: 3 } });
    expect((await faults(stimulus?.fault ?? {})).status).toBe(200);
    await call(`${url}/Patient/9000000009`);
    expect(checkOf(await judge(), 'com-07-retry-after')?.message).toContain('has not tried again');
    await call(`${url}/Patient/9000000009`);
    expect(checkOf(await judge(), 'com-07-retry-after')?.verdict).toBe('fail');
    const page = await api<{ items: { cursor: string }[] }>('GET', `/api/sandboxes/${id}/exchanges`, { key });
    const after = page.body.items.at(-1)?.cursor ?? '';
    expect(checkOf(await judge({ after }), 'com-07-retry-after')?.verdict).toBe('skip');
    expect(checkOf(await judge({ until: page.body.items[0]?.cursor }), 'com-07-retry-after')?.verdict).toBe('skip');
  });

  it('names a person in no URL of plain FHIR, where a search by POST would do', async () => {
    const { url, judge } = await sandbox('fhir-r4');
    await fetch(`${url}/Patient/_search`, { method: 'POST', body: new URLSearchParams({ family: 'Smith' }) });
    expect(verdicts(await judge())['COM-10']).toBe('pass');
    await call(`${url}/Patient?family=Smith`);
    const report = await judge();
    expect([report.exitCode, verdicts(report)['COM-10']]).toEqual([1, 'fail']);
    expect((await judge({ minLevel: 'SHALL' })).exitCode).not.toBe(1);
    const waivers = [{ requirement: 'COM-10', reason: 'the next release mends it', expires: '2999-01-01' }];
    expect(await judge({ waivers })).toMatchObject({ exitCode: 0, counts: { fail: 0, waived: 1 } });
    expect((await judge({ waivers, minIndex: 100 })).exitCode).toBe(1);
  });

  it('is there as JUnit XML, and for every key of the sandbox', async () => {
    const { id, key, url } = await sandbox('pds');
    await call(`${url}/Patient/9000000009`);
    const scoped = await api<{ key: string }>('POST', `/api/sandboxes/${id}/keys`, {
      key,
      body: { label: 'CI', scope: 'read' },
    });
    const answer = await api('POST', `/api/sandboxes/${id}/conformance`, {
      key: scoped.body.key,
      headers: { accept: 'application/xml' },
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/xml; charset=utf-8']);
    expect(answer.body).toContain('<testcase classname="COM-01"');
    expect((await api('POST', `/api/sandboxes/${id}/conformance`, { key: 'another' })).status).toBe(404);
  });

  it.each([
    ['nobody has taken a seat', 'simulated', {}, 409, 'No seat that starts something is taken'],
    ['the one that answers', 'external', { participant: 'provider' }, 400, 'The provider starts nothing'],
    ['nobody of that name', 'external', { participant: 'registry' }, 400, 'There is no participant registry'],
    ['what is no cursor', 'external', { after: 'yesterday' }, 400, 'not a cursor'],
    ['what is not in the contract', 'external', { colour: 'red' }, 400, 'colour'],
  ])('is refused for %s', async (_what, mode, body, status, detail) => {
    const made = await api<Made>('POST', '/api/sandboxes', {
      body: { pattern, participants: { requester: { mode } } },
    });
    const { id, key } = made.body;
    const refused = await api('POST', `/api/sandboxes/${id}/conformance`, { key, body });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([status, expect.stringContaining(detail)]);
  });

  it('judges our own simulated requester too, where it is asked for by name', async () => {
    const made = await api<Made>('POST', '/api/sandboxes', { body: { pattern, dialect: 'pds' } });
    const { id, key } = made.body;
    const { items } = (await api<{ items: { id: string }[] }>('GET', `/api/sandboxes/${id}/scenarios`, { key })).body;
    for (const scenario of items) await api('POST', `/api/sandboxes/${id}/scenarios/${scenario.id}`, { key, body: {} });
    const { body } = await api<Report>('POST', `/api/sandboxes/${id}/conformance`, {
      key,
      body: { participant: 'requester' },
    });
    // One lesson tries again at once, though Retry-After says 30 seconds: a person who plays it step by step may wait.
    expect(body.requirements.filter(({ verdict }) => verdict === 'fail').map(({ id: rule }) => rule)).toEqual([
      'COM-07',
    ]);
    expect(verdicts(body)).toMatchObject({ 'COM-01': 'pass', 'COM-02': 'pass', 'RRS-03': 'pass' });
  });
});
