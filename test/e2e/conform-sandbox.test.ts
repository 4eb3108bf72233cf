import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
let sandbox: CreatedSandbox;
const get = (id: string, path = '/Patient/9000000009') =>
  fetch(`${sandbox.fhir}${path}`, { headers: { 'x-request-id': id } });
beforeAll(async () => {
  service = await startService(folder.path);
  sandbox = await createSandbox(service.url, { dialect: 'pds', participants: { requester: { mode: 'external' } } });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const conform = (...args: readonly string[]) => fingerpost(['conform', ...args]);

describe('fingerpost conform --sandbox', () => {
  it('exits with 4 while the system has done nothing, and says what to do', async () => {
    const { code, stdout } = await conform('--sandbox', sandbox.id, '--key', sandbox.key, '--url', service.url);
    expect(code).toBe(4);
    expect(stdout).toContain(`synchronous-request-response, dialect pds, as requester: ${service.url}/sandboxes/`);
    expect(stdout).toMatch(/not observed: Retry-After is waited for\n[\s\S]*Switch on the fault/);
  });

  it('passes a system that sends a new id with each request', async () => {
    for (let sent = 0; sent < 2; sent += 1) await get(randomUUID(), `/Patient/900000000${sent === 0 ? '9' : '33'}`);
    const { code, stdout } = await conform('--sandbox', `${sandbox.fhir}`, '--key', sandbox.key, '--format', 'json');
    const { requirements } = JSON.parse(stdout) as { requirements: { id: string; verdict: string }[] };
    expect([code, requirements.find(({ id }) => id === 'COM-01')?.verdict]).toEqual([0, 'pass']);
  });

  it('fails it once it sends another request under an old id, names the requirement, and shows both exchanges', async () => {
    const id = randomUUID();
    await get(id);
    await get(id, '/Patient/9000000033');
    const link = `${service.url}/sandboxes/${sandbox.id}#key=${encodeURIComponent(sandbox.key)}`;
    const { code, stdout } = await conform('--sandbox', link, '--participant', 'requester');
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {3}COM-01[\s\S]*fail: Distinct requests have distinct ids/);
    for (const patient of ['9000000009', '9000000033'])
      expect(stdout).toContain(`GET ${sandbox.fhir}/Patient/${patient} → `);
    expect((await conform('--sandbox', link, '--format', 'junit')).stdout).toContain('<failure type="COM-01"');
  });

  it.each([
    ['an unknown sandbox', 2, ['--sandbox', 'nobody', '--key', 'k'], 'There is no such sandbox'],
    ['a wrong key', 2, ['--sandbox', 'ID', '--key', 'k'], 'the key is wrong'],
    ['no key', 2, ['--sandbox', 'ID'], 'Give the key'],
    [
      'somebody to judge who starts nothing',
      2,
      ['--sandbox', 'ID', '--key', 'KEY', '--participant', 'provider'],
      'starts nothing',
    ],
    [
      'an address of something else',
      2,
      ['--sandbox', 'http://127.0.0.1/patterns', '--key', 'k'],
      'no address of a sandbox',
    ],
    [
      'what only a target needs',
      2,
      ['--sandbox', 'ID', '--target', 'http://x', '--consent-to-write'],
      '--target, --consent-to-write cannot',
    ],
    [
      'what only a sandbox needs',
      2,
      ['--target', 'http://x', '--participant', 'requester'],
      '--participant needs --sandbox',
    ],
    ['neither', 2, [], '--sandbox reads what one did'],
    [
      'a service that is not there',
      3,
      ['--sandbox', 'http://127.0.0.1:1/sandboxes/x', '--key', 'k'],
      'No Fingerpost answers',
    ],
  ] as const)('for %s exits with %i and one readable line', async (_what, expected, args, words) => {
    const filled = args.map((arg) => (arg === 'ID' ? sandbox.id : arg === 'KEY' ? sandbox.key : arg));
    const { code, stdout, stderr } = await conform(...filled, '--url', service.url);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });
});
