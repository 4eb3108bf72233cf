import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { compileContract } from '../../sandbox/contract.ts';
import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { createSandbox, request } from './sandbox-client.ts';

const own = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = temporaryFolder();
let service: Service;

/** An API that nobody has: its version is a number in a header of its own, and its errors are no OperationOutcome. */
const madeUp = () => {
  const base = parse(readFileSync(own('sandbox/dialects/fhir-r4.yaml'), 'utf8'));
  return {
    ...base,
    id: 'moorside',
    title: 'Moorside, which is made up',
    patterns: ['shared-repository'],
    source: { title: 'This test', date: '2026-11' },
    headers: { required: [{ name: 'X-Moorside', condition: 'missing-organisation' }], echoed: ['X-Trace'] },
    versions: ['7'],
    concurrency: { ifMatchRequired: true, header: 'X-Version', form: 'number' },
    errors: {
      ...base.errors,
      conditions: {
        ...base.errors.conditions,
        'missing-organisation': { status: 418, code: 'WHO', display: 'Who asks?' },
        'missing-header': { status: 418, code: 'WHO', display: 'Who asks?' },
        'version-conflict': { status: 423, code: 'TOO-LATE', display: 'Somebody was here before' },
        'precondition-missing': { status: 428, code: 'WHICH', display: 'Which version?' },
      },
      formats: [{ type: 'application/json', body: { moorside: '{code}', why: '{detail}' } }],
    },
  };
};

const PARTS = ['start.mjs', 'package.json', 'package-lock.json', 'patterns', 'openapi', 'sandbox', 'src'];

const root = join(folder.path, 'package');

/** A broker that nobody has: it runs beside the project, and is reached by a package that this one has anyway. */
const PIGEON = {
  title: 'Pigeons',
  url: 'pigeon://127.0.0.1:7007?prefix={pattern}',
  compose: { loft: { image: 'pigeons:1', ports: ['127.0.0.1:7007:7007'] } },
};

/** A copy of this package, with a dialect and a driver more. */
beforeAll(async () => {
  for (const part of PARTS) cpSync(own(part), join(root, part), { recursive: true });
  symlinkSync(own('node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'sandbox/dialects/moorside.yaml'), stringify(madeUp()));
  writeFileSync(join(root, 'sandbox/broker/pigeon.ts'), "import 'amqplib';\nexport { open } from './local.ts';\n");
  writeFileSync(join(root, 'sandbox/broker/pigeon.yaml'), stringify(PIGEON));
  service = await startService(folder.path, { MLLP_PORTS: 'none' }, join(root, 'start.mjs'));
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

describe('a dialect that is one more file', () => {
  it('is offered, run and described as it says, and no list knew of it', async () => {
    const { body: pattern } = await request(service.url, 'GET', '/api/patterns/shared-repository');
    expect(JSON.stringify(pattern)).toContain('Moorside, which is made up');
    const box = await createSandbox(service.url, { pattern: 'shared-repository', dialect: 'moorside' });
    const url = `${box.fhir}/CarePlan`;
    const call = async (method: string, path: string, headers: Readonly<Record<string, string>>, body?: object) => {
      const reply = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/fhir+json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      return { status: reply.status, headers: reply.headers, body: text === '' ? {} : JSON.parse(text) };
    };
    const who = { 'x-moorside': 'me', 'x-trace': 't1' };
    expect(await call('GET', '/none', {})).toMatchObject({ status: 418, body: { moorside: 'WHO' } });
    expect(await call('GET', '/none', { ...who, accept: 'application/fhir+json; version=8' })).toMatchObject({
      status: 406,
    });
    const missing = await call('GET', '/none', who);
    expect([missing.status, missing.headers.get('x-trace'), missing.body.moorside]).toEqual([404, 't1', 'not-found']);
    const plan = { resourceType: 'CarePlan', status: 'active', intent: 'plan', subject: { display: 'Somebody' } };
    const made = await call('POST', '', who, plan);
    expect([made.status, made.headers.get('x-version')]).toEqual([201, '1']);
    const { id } = made.body;
    const changed = { ...plan, id, title: 'Changed' };
    expect(await call('PUT', `/${id}`, who, changed)).toMatchObject({ status: 428, body: { moorside: 'WHICH' } });
    expect((await call('PUT', `/${id}`, { ...who, 'x-version': '1' }, changed)).status).toBe(200);
    const stale = await call('PUT', `/${id}`, { ...who, 'x-version': '1' }, { ...changed, title: 'Late' });
    expect(stale).toMatchObject({ status: 423, body: { moorside: 'TOO-LATE' } });
    expect((await call('GET', `/${id}`, who)).body).toMatchObject({ title: 'Changed' });
    const path = `/api/sandboxes/${box.id}/openapi`;
    const { body: described } = await request(service.url, 'GET', path, { key: box.key });
    const text = JSON.stringify(described);
    expect([text.includes('If-Match"'), text.includes('"X-Version"'), text.includes('"X-Moorside"')]).toEqual([
      false,
      true,
      true,
    ]);
    await compileContract({ ...(described as OpenApiDocument) });
  });
});

describe('a driver that is one more file, and what a project needs of it beside that', () => {
  it('is offered by the API and the command, and a project has its driver, its package, its service and its address', async () => {
    const { body } = await request(service.url, 'GET', '/api/engines');
    expect(body).toMatchObject({ brokers: expect.arrayContaining([{ id: 'pigeon', title: 'Pigeons' }]) });
    const reply = await fetch(`${service.url}/api/patterns/information-push/scaffold?broker=pigeon`);
    const files = unzipSync(await reply.bytes());
    const text = (file: string): string => Buffer.from(files[`information-push/${file}`] ?? []).toString();
    expect(text('sandbox/broker/pigeon.ts')).toContain('./local.ts');
    expect(JSON.parse(text('package.json')).dependencies).toHaveProperty('amqplib');
    expect(parse(text('compose.yaml')).services).toEqual(PIGEON.compose);
    expect(text('.env')).toContain('BROKER_URL=pigeon://127.0.0.1:7007?prefix=information-push\n');
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'start.mjs'), 'scaffold', '--help']);
    expect(stdout).toMatch(/"local", *\n? *"pigeon"/);
  });
});
