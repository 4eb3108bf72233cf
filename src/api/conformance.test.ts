import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../sandbox/config.ts';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { type RunningService, startService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { startEcho } from './test/echo-service.ts';

interface Job {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'failed';
  readonly error?: string;
  readonly report?: {
    readonly exitCode: number;
    readonly requirements: readonly { readonly id: string; readonly verdict: string }[];
  };
}

const pattern = 'synchronous-request-response';
let folder: string;
let service: RunningService;
let api: CheckedApi;
const start = async () => {
  service = await startService(
    readConfig({ PORT: '0', ...(await testEnvironment(`${folder}/fp.db`)), LOG_LEVEL: 'silent' }),
  );
  api = await checkedApi(service.url);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  await start();
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const listen = async (handle: RequestListener) => {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close().closeAllConnections(),
  };
};

const ended = async (id: string): Promise<Job> => {
  for (;;) {
    const { body } = await api<Job>('GET', `/api/conformance/${id}`);
    if (body.state !== 'running') return body;
  }
};

describe('a conformance run over the API', () => {
  it('drives a target, and its report is there as JSON and as JUnit, also after a restart', async () => {
    const sandbox = await api<{ endpoints: { participant: string; url: string }[] }>('POST', '/api/sandboxes', {
      body: { pattern, dialect: 'pds' },
    });
    const target = sandbox.body.endpoints.find(({ participant }) => participant === 'provider')?.url;
    const body = { pattern, target, profile: { dialect: 'pds', consentToWrite: true, ids: { patient: '9000000009' } } };
    const started = await api<Job>('POST', '/api/conformance', { body });
    expect([started.status, started.headers.location]).toEqual([202, `/api/conformance/${started.body.id}`]);
    const job = await ended(started.body.id);
    expect([job.state, job.error, job.report?.exitCode]).toEqual(['finished', undefined, 0]);
    expect(job.report?.requirements.find(({ id }) => id === 'RRS-04')?.verdict).toBe('pass');
    await service.close();
    await start();
    const again = await api('GET', `/api/conformance/${job.id}`, { headers: { accept: 'application/xml' } });
    expect(again.headers['content-type']).toContain('application/xml');
    expect(again.body).toContain('<testsuite name="synchronous-request-response (pds)"');
    const page = await api('GET', `/api/conformance/${job.id}`, { headers: { accept: 'text/html' } });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.body).toContain('<h1>Passed: synchronous-request-response (pds)</h1>');
    const pack = await api('GET', `/api/conformance/${job.id}`, { headers: { accept: 'application/zip' } });
    expect(pack.headers['content-disposition']).toBe(
      'attachment; filename="conformance-synchronous-request-response-pds.zip"',
    );
  });

  it.each([
    ['an unknown pattern', { pattern: 'nonsense', target: 'http://127.0.0.1:9' }, 404, 'There is no pattern nonsense'],
    [
      'an unknown dialect',
      { pattern, dialect: 'klingon', target: 'http://127.0.0.1:9' },
      400,
      'there are fhir-r4, pds',
    ],
    [
      'a profile with a mistake',
      { pattern, target: 'http://127.0.0.1:9', profile: { idz: {} } },
      400,
      'idz is unknown',
    ],
    [
      'a waiver that has expired',
      {
        pattern,
        target: 'http://127.0.0.1:9',
        waivers: [{ requirement: 'RRS-01', reason: 'x', expires: '2020-01-01' }],
      },
      400,
      'the waiver of RRS-01 expired on 2020-01-01',
    ],
    ['a target that is no URL', { pattern, target: 'nonsense' }, 400, 'not an http or https URL'],
    ['a live NHS host', { pattern, target: 'https://api.service.nhs.uk/x' }, 400, 'is a live NHS host'],
  ])('is refused for %s', async (_what, body, status, detail) => {
    const refused = await api('POST', '/api/conformance', { body });
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body)).toContain(detail);
  });

  it('is refused for a pattern without checks', async () => {
    const echo = await startEcho();
    const body = { pattern: 'echo', target: 'http://127.0.0.1:9' };
    const refused = await (await checkedApi(echo.url))('POST', '/api/conformance', { body });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      409,
      expect.stringContaining('cannot be checked yet'),
    ]);
    await echo.close();
  });

  it.each([
    ['a target that the outbound policy keeps out', 'http://169.254.169.254/latest', 'not a public address'],
    ['a target where nobody answers', 'http://127.0.0.1:1', 'cannot be reached'],
  ])('fails with the reason for %s', async (_what, target, reason) => {
    const { body } = await api<Job>('POST', '/api/conformance', { body: { pattern, target } });
    const job = await ended(body.id);
    expect([job.state, job.error]).toEqual(['failed', expect.stringContaining(reason)]);
  });

  it('is one of four at most, says so, and is ended with the service', async () => {
    const silent = await listen(() => undefined);
    const body = { pattern, target: silent.url };
    const all = await Promise.all(Array.from({ length: 5 }, () => api<Job>('POST', '/api/conformance', { body })));
    expect(all.map(({ status }) => status).toSorted()).toEqual([202, 202, 202, 202, 429]);
    const id = all.find(({ status }) => status === 202)?.body.id ?? '';
    expect((await api('GET', `/api/conformance/${id}`, { headers: { accept: 'application/xml' } })).status).toBe(409);
    await service.close();
    silent.close();
    await start();
    expect((await api<Job>('GET', `/api/conformance/${id}`)).body).toMatchObject({
      state: 'failed',
      error: 'the service was stopped while it ran',
    });
  });

  it('tells how far it is as events, and can be cancelled, once', async () => {
    const silent = await listen(() => undefined);
    const { body } = await api<Job>('POST', '/api/conformance', { body: { pattern, target: silent.url } });
    const events = await fetch(`${service.url}/api/conformance/${body.id}/events`);
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    const decoder = new TextDecoder();
    let said = '';
    for await (const chunk of events.body ?? []) {
      said += decoder.decode(chunk);
      // It waits for an answer that never comes.
      if (said.includes('event: progress') && !said.includes('event: ended'))
        expect(await api('POST', `/api/conformance/${body.id}/cancel`)).toMatchObject({
          status: 200,
          body: { state: 'cancelled', pattern, target: silent.url, progress: { percent: 0, step: 'metadata' } },
        });
    }
    silent.close();
    expect(said).toMatch(/event: ended\ndata: \{"id":"[\w-]+","state":"cancelled"\}\n\n$/);
    expect((await api('POST', `/api/conformance/${body.id}/cancel`)).status).toBe(409);
    const headers = { accept: 'text/html' };
    const none = await api('GET', `/api/conformance/${body.id}`, { headers });
    expect([none.status, none.body]).toEqual([409, expect.objectContaining({ detail: 'The run was cancelled' })]);
  });

  it('ends at the bounds that were asked for, and judges what it saw', async () => {
    const bare = await listen((_request, response) => response.writeHead(404).end());
    const body = { pattern, target: bare.url, maxRequests: 1, maxTime: 'PT1M' };
    const job = await ended((await api<Job>('POST', '/api/conformance', { body })).body.id);
    bare.close();
    expect(job).toMatchObject({
      state: 'finished',
      report: { notice: expect.stringMatching(/^The run ended at its limit of 1 requests\./) },
    });
    const refused = await api('POST', '/api/conformance', { body: { ...body, maxTime: 'PT2H' } });
    expect(refused.status).toBe(400);
  });

  it.each(['', '/events', '/cancel'])('that never was is 404%s', async (path) => {
    const method = path === '/cancel' ? 'POST' : 'GET';
    expect((await api(method, `/api/conformance/none${path}`)).status).toBe(404);
  });
});
