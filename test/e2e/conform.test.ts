import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlainServer } from './plain-fhir-server.ts';
import { fingerpost, type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox, json, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

interface Report {
  readonly exitCode: number;
  readonly requirements: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly checks: readonly { readonly check: string; readonly verdict: string; readonly message: string }[];
  }[];
}

const profileOf = (name: string, profile: object): string => {
  const path = join(folder.path, `${name}.yaml`);
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(profile));
  return path;
};

/** A copy of this package, in which a pattern lies beside its own that has nothing to be judged by; gives its start.mjs. */
const packageWithUnchecked = (): string => {
  const own = fileURLToPath(new URL('../../', import.meta.url));
  const root = join(folder.path, 'copy');
  for (const part of ['src', 'sandbox', 'patterns', 'openapi', 'package.json', 'start.mjs'])
    cpSync(join(own, part), join(root, part), { recursive: true });
  symlinkSync(join(own, 'node_modules'), join(root, 'node_modules'));
  const manifest = readFileSync(join(own, 'patterns/synchronous-request-response/pattern.yaml'));
  mkdirSync(join(root, 'patterns/unchecked'));
  writeFileSync(join(root, 'patterns/unchecked/pattern.yaml'), manifest);
  return join(root, 'start.mjs');
};

const conform = async (
  target: string,
  profile: string,
): Promise<{ code: number | null; report: Report; failed: string[] }> => {
  const { code, stdout, stderr } = await fingerpost([
    'conform',
    '--pattern',
    'synchronous-request-response',
    '--target',
    target,
    '--profile',
    profile,
    '--format',
    'json',
  ]);
  if (stdout === '') throw new Error(`no report (exit code ${code}): ${stderr}`);
  const report: Report = JSON.parse(stdout);
  return {
    code,
    report,
    failed: report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error').map(({ id }) => id),
  };
};

const verdicts = (report: Report): string =>
  report.requirements.map(({ id, verdict }) => `${id} ${verdict}`).join(', ');

const freeSlot = async (sandbox: CreatedSandbox): Promise<string> => {
  const response = await fetch(`${sandbox.fhir}/Slot?status=free&_count=1`);
  const { entry } = await json<{ entry: { resource: { id: string } }[] }>(response);
  return entry[0]?.resource.id ?? '';
};

const setUp = {
  'fhir-r4': async () => {
    const sandbox = await createSandbox(service.url, { dialect: 'fhir-r4' });
    return {
      sandbox,
      profile: {
        dialect: 'fhir-r4',
        consentToWrite: true,
        ids: { patient: '9000000009' },
        slots: [await freeSlot(sandbox)],
      },
    };
  },
  pds: async () => {
    const sandbox = await createSandbox(service.url, { dialect: 'pds' });
    return { sandbox, profile: { dialect: 'pds', consentToWrite: true, ids: { patient: '9000000009' } } };
  },
} as const;

describe.each(['fhir-r4', 'pds'] as const)(
  'fingerpost conform against our own sandbox in the dialect %s',
  (dialect) => {
    let sandbox: CreatedSandbox;
    let profile: string;
    beforeAll(async () => {
      const made = await setUp[dialect]();
      sandbox = made.sandbox;
      profile = profileOf(dialect, made.profile);
    });
    const faults = (...items: object[]) =>
      request(service.url, 'PUT', `/api/sandboxes/${sandbox.id}/faults`, { key: sandbox.key, body: { items } });

    it('passes, and leaves out nothing but tokens and a second instance', async () => {
      const { code, report, failed } = await conform(sandbox.fhir, profile);
      expect([code, failed, verdicts(report)]).toEqual([0, [], expect.any(String)]);
      expect(report.requirements.filter(({ verdict }) => verdict === 'skip').map(({ id }) => id)).toEqual([
        'COM-09',
        'RRS-13',
      ]);
    });

    // Every check fails for a responder that is broken so: test/conformance/.
    it('fails under a fault, and names the requirement', async () => {
      const effect = { kind: 'etag', as: 'stale' };
      expect((await faults({ participant: 'provider', effect })).status).toBe(200);
      const { code, failed } = await conform(sandbox.fhir, profile);
      expect(code).toBe(1);
      expect(failed).toContain('RRS-02');
    });
  },
);

describe('fingerpost conform against a sandbox that asks for credentials', () => {
  it('judges the tokens, and shows none of them', async () => {
    const sandbox = await createSandbox(service.url, { dialect: 'pds', auth: 'bearer' });
    const credential =
      sandbox.endpoints.find(({ participant }) => participant === 'requester')?.credential ??
      sandbox.endpoints[0]?.credential ??
      '';
    const { report, code } = await conform(
      sandbox.fhir,
      profileOf('bearer', { dialect: 'pds', credentials: { authorization: `Bearer ${credential}` } }),
    );
    expect(credential).not.toBe('');
    expect([code, report.requirements.find(({ id }) => id === 'COM-09')?.verdict]).toEqual([0, 'pass']);
    expect(JSON.stringify(report)).not.toContain(credential);
  });
});

describe('fingerpost conform against a plain FHIR server', () => {
  it('holds nothing against it that only an NHS dialect asks for', async () => {
    const server = await startPlainServer();
    const { code, report, failed } = await conform(server.url, profileOf('plain', { consentToWrite: true }));
    await server.close();
    expect([code, failed, verdicts(report)]).toEqual([0, [], expect.any(String)]);
  });

  it('finds that it ignores If-Match, which FHIR itself forbids', async () => {
    const server = await startPlainServer({ ignoresIfMatch: true });
    const { code, failed } = await conform(server.url, profileOf('plain', { consentToWrite: true }));
    await server.close();
    expect([code, failed]).toEqual([1, ['RRS-04']]);
  });
});

describe('the exit codes of fingerpost conform', () => {
  const run = (...args: string[]) => fingerpost(['conform', '--pattern', 'synchronous-request-response', ...args]);

  it.each([
    ['no target', 2, []],
    ['a target that is no URL', 2, ['--target', 'nonsense']],
    ['a dialect that the pattern has not', 2, ['--target', 'http://127.0.0.1:1', '--dialect', 'klingon']],
    ['a profile that is not there', 2, ['--target', 'http://127.0.0.1:1', '--profile', '/nowhere']],
    ['a live NHS host', 2, ['--target', 'https://api.service.nhs.uk/personal-demographics/FHIR/R4']],
    ['a target that nobody answers at', 3, ['--target', 'http://127.0.0.1:1']],
  ])('for %s is %i, with one readable line', async (_what, expected, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(/\S/);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('for a report that cannot be written is 2, because 1 would say that the target failed; and nothing is driven first', async () => {
    // Were it driven, it would be 3.
    const nobody = ['--target', 'http://127.0.0.1:1'] as const;
    const { code, stderr } = await run(...nobody, '--output', join(folder.path, 'nowhere', 'report.xml'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The report cannot be written to .*report\.xml\. ENOENT.*\n$/);
  });

  it('for an unknown pattern is 2, and for one without checks too', async () => {
    const start = packageWithUnchecked();
    for (const [pattern, says] of [
      ['nonsense', 'There is no pattern nonsense'],
      ['unchecked', 'unchecked cannot be checked yet'],
    ] as const) {
      const args = ['conform', '--pattern', pattern, '--target', 'http://127.0.0.1:1'];
      const { code, stderr } = await fingerpost(args, '', {}, start);
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });
});
