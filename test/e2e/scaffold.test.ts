import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerpost, startService, temporaryFolder } from './running-service.ts';
import { type TakenProject, takeAway } from './taken-project.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

let project: TakenProject;
const script = (...args: readonly string[]) => project.script(args);
const PATTERN = 'synchronous-request-response';

describe('a project that was taken away', () => {
  beforeAll(async () => {
    project = await takeAway(folder.path, [PATTERN]);
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
    const [provider, requester] = JSON.parse(output);
    expect(provider).toMatchObject({ role: 'responder', counts: { fail: 0, error: 0 } });
    expect(requester).toMatchObject({ participant: 'requester', counts: { fail: 0, error: 0 } });
  });

  it('is judged in all its dialects in one report', { timeout: 120_000 }, async () => {
    const { code, output } = await script('conform', '--', '--format', 'junit');
    expect(code, output).toBe(0);
    expect(output.match(/<\?xml|<testsuites |<testsuite name="[^"]*"/g)).toEqual([
      '<?xml',
      '<testsuites ',
      `<testsuite name="${PATTERN} (fhir-r4)"`,
      `<testsuite name="${PATTERN} (fhir-r4, MLLP)"`,
      `<testsuite name="${PATTERN} (fhir-r4, requester)"`,
      `<testsuite name="${PATTERN} (pds)"`,
      `<testsuite name="${PATTERN} (pds, requester)"`,
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
    const broken = await project.whileChanged('sandbox/fhir/stored.ts', '=> `W/"', '=> `"', () =>
      script('conform', '--', '--dialect', 'fhir-r4'),
    );
    expect(broken.code, broken.output).toBe(1);
    expect(broken.output).toMatch(/^FAIL +RRS-02 /m);
  });

  it('is not written over once somebody changed it', async () => {
    const readme = join(folder.path, 'README.md');
    writeFileSync(readme, 'mine');
    const again = await fingerpost(['scaffold', PATTERN, '--dir', folder.path]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('  README.md') });
    expect(readFileSync(readme, 'utf8')).toBe('mine');
  });

  it('is made again in one dialect: what was of others is gone, and what somebody changed of it is named and stays', async () => {
    const again = join(folder.path, 'again');
    const make = (...args: readonly string[]) => fingerpost(['scaffold', PATTERN, '--dir', again, ...args]);
    expect(await make()).toMatchObject({ code: 0 });
    const changed = `patterns/${PATTERN}/dialects/fhir-r4.ts`;
    writeFileSync(join(again, changed), 'mine');
    const narrowed = await make('--dialect', 'pds');
    expect(narrowed).toMatchObject({ code: 0, stderr: '' });
    expect(narrowed.stdout).toMatch(/^\d+ files of before taken away/m);
    expect(narrowed.stdout).toContain(`for somebody changed them:\n  ${changed}\n`);
    const ofOthers = readdirSync(join(again, 'sandbox/dialects')).filter((file) => !/^pds[.-]/.test(file));
    expect([ofOthers, readFileSync(join(again, changed), 'utf8')]).toEqual([[], 'mine']);
  }, 30_000);
});

describe('fingerpost scaffold', () => {
  it('makes from a decision that the command line recorded what the API makes of it, each time', async () => {
    const home = temporaryFolder();
    const service = await startService(home.path);
    try {
      const decided = ['decide', '--answers', 'Q1=yes,Q2=yes,Q3=yes', '--title', 'Ask the GP system'];
      const at = ['--url', service.url];
      const recorded = await fingerpost([...decided, '--record', '--json', ...at]);
      const { id, outcome } = JSON.parse(recorded.stdout);
      expect(outcome.pattern).toBe(PATTERN);
      const download = async () =>
        Buffer.from(await (await fetch(`${service.url}/api/patterns/${PATTERN}/scaffold?decision=${id}`)).bytes());
      const zip = await download();
      expect((await download()).equals(zip)).toBe(true);
      const dir = join(home.path, 'mine');
      const made = await fingerpost(['scaffold', PATTERN, '--decision', id, '--dir', dir, ...at]);
      expect(made).toMatchObject({ code: 0, stderr: '' });
      const files = Object.entries(unzipSync(zip));
      for (const [name, bytes] of files)
        expect([name, readFileSync(join(home.path, 'mine', name.slice(PATTERN.length + 1))).equals(bytes)]).toEqual([
          name,
          true,
        ]);
      expect(readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length).toBe(
        files.length,
      );
      expect(readFileSync(join(dir, 'README.md'), 'utf8')).toMatch(/^## Ask the GP system\n\nAccepted on /m);
      expect(await fingerpost([...decided.slice(0, 3), '--record', ...at])).toMatchObject({ code: 2 });
      const nobody = await fingerpost([...decided, '--record', '--url', 'http://127.0.0.1:1']);
      expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('No Fingerpost answers') });
    } finally {
      await service.stop();
      home.remove();
    }
  });

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
    [[PATTERN, '--decision', 'one', '--url', 'nonsense'], /^error: nonsense is no address of a service/],
  ])('refuses %j with 2', async (args, why) => {
    const { code, stderr } = await fingerpost(['scaffold', ...args, '--dry-run']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(why)]);
  });

  it('says in one line that a place is no folder', async () => {
    const file = join(folder.path, 'a-file');
    writeFileSync(file, 'mine');
    const { code, stderr } = await fingerpost(['scaffold', PATTERN, '--dir', file]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*a-file cannot be written: ENOTDIR[^\n]*\n$/)]);
  });
});
