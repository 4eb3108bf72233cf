import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const start = `
  const { main } = await import(${JSON.stringify(new URL('./main.ts', import.meta.url).href)});
  process.exitCode = await main(process.argv.slice(1));`;

/** The command line in a process of its own, with `input` piped in. */
const fingerpost = async (
  args: readonly string[],
  input = '',
): Promise<{ code: unknown; out: string; err: string }> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', start, '--', ...args]);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
};

describe('fingerpost decide', () => {
  it.each([
    ['Q1=yes,Q2=yes,Q3=yes', 'synchronous-request-response'],
    ['Q1=yes,Q2=yes,Q3=no', 'registry-repository'],
    ['Q1=yes,Q2=no,Q4=yes', 'shared-repository'],
    ['Q1=yes,Q2=no,Q4=no', 'registry-repository'],
    ['Q1=no,Q5=yes,Q6=yes', 'asynchronous-request-response'],
    ['Q1=no,Q5=yes,Q6=no', 'synchronous-request-response'],
    ['Q1=no,Q5=no,Q7=yes', 'information-push'],
    ['Q1=no,Q5=no,Q7=no', 'publish-subscribe'],
  ])('--answers %s --json gives %s', async (answers, pattern) => {
    const { code, out } = await fingerpost(['decide', '--answers', answers, '--json']);
    expect([code, JSON.parse(out).outcome.pattern]).toEqual([0, pattern]);
  });

  it('asks what is piped in, takes words and numbers, goes back, and explains what it did not understand', async () => {
    const { code, out, err } = await fingerpost(['decide', '--batch'], 'back\nmaybe\nyes\n1\nb\n2\nN\n');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('This is the first question.');
    expect(out).toContain('Answer with 1 or yes, 2 or no, 3 or unsure, or go back with b.');
    expect(out.match(/^Q\d {2}/gm)).toEqual(['Q1  ', 'Q2  ', 'Q3  ', 'Q2  ', 'Q4  ']);
    expect(out).toMatch(/Your answers\n {2}Q1 {2}Yes, .*\n {2}Q2 {2}No, .*\n {2}Q4 {2}No, /);
    expect(out).toMatch(/Registry\/repository {2}\(registry-repository\)\n\nBecause\n/);
    expect(out).toMatch(/Mind\n {2}- Batch interfaces/);
  });

  it('shows with unsure what is still possible and what would settle it', async () => {
    const { out } = await fingerpost(['decide'], 'yes\nyes\nunsure\n');
    expect(out).toMatch(/Still possible\n\nRequest\/response \(synchronous\)/);
    expect(out).toMatch(/What would settle it\n {2}- Q3 /);
  });

  it('keeps questions out of standard output where that is data', async () => {
    const { code, out, err } = await fingerpost(['decide', '--json'], 'n\nn\ny\n');
    expect([code, JSON.parse(out).outcome.pattern]).toEqual([0, 'information-push']);
    expect(err).toContain('Q7  ');
  });

  it('prints an ADR that weighs the patterns and knows the circumstances', async () => {
    const { out } = await fingerpost([
      'decide',
      '--answers',
      'Q1=yes,Q2=yes,Q3=yes',
      '--markdown',
      '--title',
      'Look people *up*',
      '--no-quick-response',
      '--secondary-use',
    ]);
    expect(out).toMatch(/^---\nstatus: "proposed"\n/);
    expect(out).toContain('# Look people \\*up\\*');
    expect(out).toContain('* The purpose is secondary use.\n');
    expect(out).toContain('* A response cannot be returned quickly.\n');
    expect(out).toContain('Consider request/response (asynchronous)');
    expect(out).toMatch(/### Publish\/subscribe\n\n\* Bad, because Q1 was answered .*\n\* Good, when: /);
  });

  it.each([
    [['--answers', 'Q1=yes,Q5=no'], /\/answers\/Q5: Q5 is not on the route/],
    [['--answers', 'Q1'], /"Q1" is not of the form Q1=yes/],
    [['--answers', 'Q1=yes', '--markdown'], /\/answers\/Q2: Q2 is open/],
    [['--answers', 'Q1=unsure', '--markdown'], /\/answers\/Q1: Q1 is open: it is answered unsure/],
    [['--tree', '/nowhere/tree.yaml'], /\/nowhere\/tree\.yaml is not a usable decision tree/],
    [['--mood', 'bad'], /unknown option/],
    [[], /the answers ended before Q1 was answered/],
  ])('%j is a usage error: exit code 2', async (args, message) => {
    const { code, err } = await fingerpost(['decide', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('an organisation’s own tree', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fingerpost-own-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const own = async (pattern: string): Promise<string> => {
    const to = (id: string) => ({ basis: 'chapter', label: 'So', because: 'So.', pattern: id });
    const question = {
      id: 'Own',
      basis: 'chapter',
      text: 'Ours?',
      short: 'Ours?',
      answers: { yes: to('information-push'), no: to(pattern) },
    };
    const outcomes = ['information-push', pattern].map((id) => ({ pattern: id, title: id }));
    const file = join(folder, `${pattern}.yaml`);
    await writeFile(
      file,
      JSON.stringify({
        title: 'Ours',
        edition: { title: 'House rules' },
        start: 'Own',
        questions: [question],
        outcomes,
      }),
    );
    return file;
  };

  it('is asked and drawn as ours is', async () => {
    const file = await own('publish-subscribe');
    const { out } = await fingerpost(['decide', '--tree', file, '--answers', 'Own=no', '--json']);
    expect(JSON.parse(out).outcome.pattern).toBe('publish-subscribe');
    const { out: drawn } = await fingerpost(['draw', '--tree', file, '--format', 'svg', '--answers', 'Own=no']);
    expect(drawn).toContain('class="tree-pattern on-route" data-pattern="publish-subscribe"');
  });

  it('is refused when it names a pattern that does not exist', async () => {
    const { code, err } = await fingerpost(['draw', '--tree', await own('carrier-pigeon')]);
    expect(code).toBe(2);
    expect(err).toContain('/outcomes/1/pattern: there is no pattern carrier-pigeon');
  });
});

describe('fingerpost draw and patterns', () => {
  it('draws Mermaid unless told otherwise', async () => {
    const { code, out } = await fingerpost(['draw', '--answers', 'Q1=yes']);
    expect([code, out.split('\n')[3]]).toEqual([0, 'flowchart LR']);
  });

  it('lists the six and shows one', async () => {
    const listed = await fingerpost(['patterns', '--json']);
    expect(JSON.parse(listed.out)).toHaveLength(6);
    const shown = await fingerpost(['patterns', 'registry-repository']);
    expect(shown.out).toMatch(/^Registry\/repository {2}\(registry-repository/);
    expect(shown.out).toMatch(/Interactions\n {2}1\. repository → registry: Register a pointer\n/);
    const unknown = await fingerpost(['patterns', 'nope']);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('There is no pattern nope')]);
  });
});
