import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerpost, temporaryFolder } from './running-service.ts';

const run = promisify(execFile);
const folder = temporaryFolder();
afterAll(() => folder.remove());

const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  NO_COLOR: '1',
  npm_config_loglevel: 'error',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
  // Of the run around this one.
  VITEST: undefined,
  VITEST_POOL_ID: undefined,
  VITEST_WORKER_ID: undefined,
};
/** A script of the project; resolves with its exit code and what it printed. */
const script = async (...args: readonly string[]): Promise<{ code: number; output: string }> =>
  run('npm', ['run', '--silent', ...args], { cwd: folder.path, env, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
const PATTERN = 'synchronous-request-response';

describe('a project that was taken away', () => {
  beforeAll(async () => {
    const made = await fingerpost(['scaffold', PATTERN, '--dir', folder.path]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    await run('npm', ['ci', '--prefer-offline'], { cwd: folder.path, env });
  }, 180_000);

  it('is type-checked, and passes its own tests', { timeout: 180_000 }, async () => {
    expect(await script('types')).toEqual({ code: 0, output: '' });
    const tested = await script('test', '--', 'booking', 'requester');
    expect(tested, tested.output).toMatchObject({ code: 0 });
    expect(tested.output).toMatch(/Test Files.*2 passed/);
  });

  it('is judged by its own checks, and passes', { timeout: 120_000 }, async () => {
    const { code, output } = await script('conform', '--', '--format', 'json', '--dialect', 'pds');
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ counts: { fail: 0, error: 0 } });
  });

  it('is judged in all its dialects in one report', { timeout: 120_000 }, async () => {
    const { code, output } = await script('conform', '--', '--format', 'junit');
    expect(code, output).toBe(0);
    expect(output.match(/<\?xml|<testsuites |<testsuite name="[^"]*"/g)).toEqual([
      '<?xml',
      '<testsuites ',
      `<testsuite name="${PATTERN} (fhir-r4)"`,
      `<testsuite name="${PATTERN} (pds)"`,
    ]);
  });

  it.each([
    ['a dialect that there is not', 2, ['--dialect', 'klingon']],
    ['a format that there is not', 2, ['--format', 'pdf']],
    ['a profile that is not there', 2, ['--target', 'http://127.0.0.1:1', '--profile', 'nowhere.yaml']],
    ['a target that is none', 2, ['--target', 'nonsense']],
    ['a target that nobody answers at', 3, ['--target', 'http://127.0.0.1:1']],
  ])('ends, for %s, with %i', async (_, code, args) => {
    expect((await script('conform', '--', ...args)).code).toBe(code);
  });

  it('names the requirement that a change breaks', { timeout: 120_000 }, async () => {
    const file = join(folder.path, 'sandbox', 'fhir', 'stored.ts');
    const before = readFileSync(file, 'utf8');
    const after = before.replace(/=> `W\/("[^`]+")`/, '=> `$1`');
    expect(after).not.toBe(before);
    writeFileSync(file, after);
    try {
      const { code, output } = await script('conform', '--', '--dialect', 'fhir-r4');
      expect(code).toBe(1);
      expect(output).toMatch(/^FAIL +RRS-02 /m);
    } finally {
      writeFileSync(file, before);
    }
  });

  it('is not written over once somebody changed it', async () => {
    const readme = join(folder.path, 'README.md');
    writeFileSync(readme, 'mine');
    const again = await fingerpost(['scaffold', PATTERN, '--dir', folder.path]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('  README.md') });
    expect(readFileSync(readme, 'utf8')).toBe('mine');
  });
});

describe('fingerpost scaffold', () => {
  it('prints the tree and writes nothing, where that is all that is wanted', async () => {
    const { stdout, code } = await fingerpost([
      'scaffold',
      PATTERN,
      '--dry-run',
      '--dir',
      join(folder.path, 'nowhere'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^patterns\/synchronous-request-response\/ {2}\d+ files$/m);
  });

  it.each([
    [['nothing-of-the-kind'], /no pattern|nothing-of-the-kind/],
    [[PATTERN, '--dialect', 'klingon'], /klingon/],
    [[PATTERN, '--broker', 'pigeon'], /pigeon/],
  ])('refuses %j with 2', async (args, why) => {
    const { code, stderr } = await fingerpost(['scaffold', ...args, '--dry-run']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });
});
