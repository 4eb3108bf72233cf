import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { type Listed, type Refusal, startEcho } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
});
afterAll(() => service.close());

describe('the guide, decisions and patterns', () => {
  it('answers the seven questions', async () => {
    expect((await api('GET', '/api/guide')).body).toMatchObject({ start: 'Q1' });
    const body = { answers: { Q1: 'yes', Q2: 'yes', Q3: 'yes' }, context: { batch: true } };
    const evaluated = await api('POST', '/api/guide/evaluate', { body });
    expect(evaluated.body).toMatchObject({ outcome: { pattern: 'synchronous-request-response' } });
    expect((await api('POST', '/api/guide/evaluate', { body: { answers: { Q7: 'yes' } } })).status).toBe(400);
    expect((await api('GET', '/api/guide/drawing?format=mermaid&answers=Q1=yes')).headers['content-type']).toMatch(
      /^text\/plain/,
    );
    expect((await api('GET', '/api/guide/drawing')).headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect((await api('GET', '/api/guide/drawing?answers=Q9=yes')).status).toBe(400);
  });

  it('records a decision, lists the sandboxes made from it, and gives it as an ADR', async () => {
    const answers = { Q1: 'yes', Q2: 'yes', Q3: 'yes' };
    const recorded = await api<{ id: string }>('POST', '/api/decisions', {
      body: { title: 'Ask the GP system', solution: 'A&E', status: 'accepted', answers },
    });
    expect([recorded.status, recorded.headers.location]).toEqual([201, `/api/decisions/${recorded.body.id}`]);
    const { id } = recorded.body;
    const made = await api<{ id: string; decision: string }>('POST', '/api/sandboxes', {
      body: { pattern: 'echo', decision: id },
    });
    expect(made.body.decision).toBe(id);
    expect((await api('GET', `/api/decisions/${id}`)).body).toMatchObject({ sandboxes: [made.body.id] });
    expect((await api<Listed<object>>('GET', '/api/decisions?solution=A%26E')).body.items).toMatchObject([
      { id, sandboxes: [made.body.id] },
    ]);
    const adr = await api<string>('GET', `/api/decisions/${id}`, { headers: { accept: 'text/markdown' } });
    expect(adr.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(adr.body).toContain('# Ask the GP system');
    expect((await api('GET', `/api/decisions/${id}`, { headers: { accept: 'application/pdf' } })).status).toBe(406);
    expect((await api('GET', '/api/decisions/none')).status).toBe(404);
    expect((await api('GET', '/api/decisions?after=x')).status).toBe(400);
    // Well formed, and of nobody's tests: it would be kept for good.
    for (const said of ['Ask about 4010232137', 'Ask about NHS number 401 023 2137']) {
      const body = { title: said, status: 'accepted', answers, reasons: { Q1: said } };
      expect(await api('POST', '/api/decisions', { body })).toMatchObject({
        status: 400,
        body: { title: 'The NHS number may belong to a real person', errors: [{ at: '/title' }, { at: '/reasons' }] },
      });
    }
  });

  it('lists patterns and shows one, with its requirements and lessons', async () => {
    const { items } = (await api<Listed<{ id: string; live: boolean }>>('GET', '/api/patterns')).body;
    expect(items).toContainEqual(
      expect.objectContaining({
        id: 'echo',
        live: true,
        dialects: [
          { id: 'plain', title: 'Plain' },
          { id: 'terse', title: 'Terse' },
        ],
      }),
    );
    for (const { id } of items)
      expect((await api('GET', `/api/patterns/${id}`)).body).toMatchObject({
        id,
        useWhen: expect.any(Array),
        scenarios: expect.any(Array),
      });
    expect((await api('GET', '/api/patterns/none')).status).toBe(404);
  });
});

describe('what the service refuses', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, string, string, { headers?: Record<string, string>; body?: unknown }, number]>([
    ['a path that is not there', 'GET', '/api/nothing', {}, 404],
    ['a path in another case', 'GET', '/api/Guide', {}, 404],
    ['a method that is not there', 'PATCH', '/api/guide', {}, 405],
    [
      'a form',
      'POST',
      '/api/sandboxes',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'pattern=echo' },
      415,
    ],
    [
      'text that a page of another origin may send',
      'POST',
      '/api/sandboxes',
      { headers: { 'content-type': 'text/plain' }, body: '{"pattern":"echo"}' },
      415,
    ],
    [
      'an unknown coding',
      'POST',
      '/api/sandboxes',
      { headers: { ...json, 'content-encoding': 'zip' }, body: '{}' },
      415,
    ],
    ['what is not JSON', 'POST', '/api/sandboxes', { body: '{' }, 400],
    ['no body', 'POST', '/api/sandboxes', {}, 400],
    ['a list for a body', 'POST', '/api/sandboxes', { body: [] }, 400],
    ['a body that is too large', 'POST', '/api/sandboxes', { body: `{"pattern":"${'x'.repeat(1_100_000)}"}` }, 413],
    ['a type that is not offered', 'GET', '/api/guide', { headers: { accept: 'text/csv' } }, 406],
    ['a query that is not known', 'GET', '/api/patterns?colour=red', {}, 400],
    ['broken percent-encoding', 'GET', '/api/patterns/%E0%A4%A', {}, 400],
    [
      'another origin',
      'POST',
      '/api/sandboxes',
      { headers: { origin: 'https://evil.example' }, body: { pattern: 'echo' } },
      403,
    ],
    ['another host', 'GET', '/api/guide', { headers: { host: 'evil.example' } }, 421],
    ['a change to what is only read', 'POST', '/readyz', {}, 405],
    ['an unknown place', 'GET', '/nowhere', { headers: { accept: 'application/json' } }, 404],
  ])('%s: %s %s', async (_what, method, path, sent, status) => {
    const refused = await api<Refusal>(method, path, sent);
    expect(refused.status).toBe(status);
    expect(refused.body).toMatchObject({
      type: expect.stringMatching(/^https:\/\/integration\.example\/problem\//),
      status,
    });
    if (status === 405) expect(refused.headers.allow).toContain('GET');
  });

  it('says which methods there are, and lets no other origin read', async () => {
    const options = await api('OPTIONS', '/api/sandboxes', { headers: { origin: 'https://evil.example' } });
    expect([options.status, options.headers.allow]).toEqual([204, 'POST, OPTIONS']);
    expect(options.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('what is beside the API', () => {
  it('is healthy and ready, and counts what it answered', async () => {
    expect((await api('GET', '/healthz')).body).toEqual({ status: 'alive' });
    expect((await api('GET', '/readyz')).body).toEqual({ status: 'ready', checks: { store: 'ok', broker: 'ok' } });
    const metrics = await api<string>('GET', '/metrics');
    expect(metrics.body).toMatch(/fingerpost_requests_total\{surface="other",method="GET",status="200"\} \d/);
    expect(metrics.body).toMatch(/fingerpost_rows\{what="sandboxes"\} \d/);
  });

  it('serves every contract as it was written, and Swagger UI over them', async () => {
    const { items } = (await api<Listed<{ name: string; url: string }>>('GET', '/openapi')).body;
    expect(items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['service', 'synchronous-request-response', 'pds']),
    );
    expect((await api('GET', '/openapi/service.json')).body).toMatchObject({ openapi: '3.0.3' });
    // What Swagger UI's "Try it out" calls; beside another server "/" it would stay with that one of the service.
    for (const name of ['pds', 'synchronous-request-response'])
      expect((await api('GET', `/openapi/${name}.json`)).body).toMatchObject({
        servers: [{ url: '/sandboxes/{sandbox}/{participant}' }],
      });
    expect((await api('GET', '/openapi/pds.yaml')).headers['content-type']).toContain('application/yaml');
    expect((await api('GET', '/openapi/..%2fpackage.json', { headers: { accept: 'application/json' } })).status).toBe(
      404,
    );
    expect((await api('GET', '/docs')).headers.location).toBe('/docs/');
    const docs = await api<string>('GET', '/docs/');
    expect(docs.body).toContain('swagger-ui');
    expect(docs.headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline'");
    expect((await api<string>('GET', '/docs/swagger-ui-init.js')).body).toContain('/openapi/pds.json');
  });

  it('serves the contracts of messages as they are written', async () => {
    const { items } = (await api<Listed<{ name: string; url: string }>>('GET', '/openapi')).body;
    const url = '/openapi/information-push.asyncapi.yaml';
    expect(items).toContainEqual({ name: 'information-push.asyncapi', url });
    const written = await readFile(new URL(`../..${url}`, import.meta.url), 'utf8');
    const served = await fetch(`${service.url}${url}`);
    expect([served.headers.get('content-type'), await served.text()]).toEqual([
      'application/yaml; charset=utf-8',
      written,
    ]);
    expect((await api('GET', url.replace('.yaml', '.json'))).body).toMatchObject({ asyncapi: '3.0.0' });
    const { contracts } = (await api<{ contracts: object[] }>('GET', '/api/patterns/information-push')).body;
    expect(contracts).toContainEqual({ kind: 'asyncapi', title: 'Information push: its messages', url });
  });

  it.each(['/', '/guide', '/guide/outcome?Q1=yes', '/decisions', '/decisions/x', '/patterns/echo', '/sandboxes/abc'])(
    'is a page under a strict policy at %s',
    async (path) => {
      const response = await fetch(`${service.url}${path}`, { headers: { accept: 'text/html' } });
      // 503 where the pages have not been built; then the page says how.
      expect([200, 503]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      const policy = response.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(response.headers.get('x-frame-options')).toBe('DENY');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );
});
