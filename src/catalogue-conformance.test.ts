import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openCatalogue } from './catalogue.ts';
import { loadConformance } from './catalogue-conformance.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const check = (id: string, requirement: string, more = ''): string =>
  `{ id: '${id}', requirements: ['${requirement}'], title: 't', failure: 'f', judge: () => ({ verdict: 'pass' }), ${more} }`;
const journalCheck = (id: string, requirement: string): string =>
  check(id, requirement, "reads: 'journal', stimulus: { todo: 'send' }");
const requirements = (ids: readonly string[], more: object = {}): string =>
  JSON.stringify({
    requirements: ids.map((id) => ({ id, level: 'SHALL', role: 'responder', statement: 's', source: 'x', ...more })),
  });
const exporting = (...checks: readonly string[]): string => `export const checks = [${checks.join()}];`;
const sound = {
  'requirements.yaml': requirements(['TST-01']),
  'checks.ts': `export const checks = [${check('tst-01-one', 'TST-01')}];`,
  'drive.ts': 'export const drive = async (session) => { session.took("drive"); };',
};

const load = async (files: Readonly<Record<string, string>>) => {
  const root = await mkdtemp(join(tmpdir(), 'conformance-'));
  folders.push(root);
  const all = {
    'package.json': '{ "type": "module" }',
    'sandbox/dialects/plain.yaml': 'title: Plain',
    'patterns/a/pattern.yaml': '',
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`patterns/a/${path}`, text])),
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const url = pathToFileURL(`${root}/`);
  return loadConformance(await openCatalogue(url), 'a', url);
};

describe('what judges a pattern', () => {
  it('is found by name: one more check, and one more step, is one more file', async () => {
    const conformance = await load({
      ...sound,
      'checks-more.ts': `export const checks = [${check('tst-01-two', 'TST-01')}];`,
      'checks-more.test.ts': 'throw new Error("a test is not a check")',
      'drive-more.ts': 'export const drive = async (session) => { session.took("drive-more"); };',
      'drive-part.ts': 'export const part = 1;',
    });
    const own = conformance.checks.map(({ id }) => id).filter((id) => id.startsWith('tst'));
    expect(own).toEqual(['tst-01-one', 'tst-01-two']);
    const taken: string[] = [];
    await Reflect.apply(conformance.drive, undefined, [{ took: (step: string) => taken.push(step) }]);
    expect(taken).toEqual(['drive', 'drive-more']);
  });

  it('covers whoever starts something by what its journal shows, in whatever file of checks that stands', async () => {
    const { checks } = await load({
      ...sound,
      'requirements.yaml': requirements(['TST-01'], { role: 'both' }),
      'checks-initiator.ts': exporting(journalCheck('tst-01-sent', 'TST-01')),
    });
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['com-01-uuid', 'tst-01-one', 'tst-01-sent']));
    const answers = await load({ ...sound, 'checks.ts': exporting(journalCheck('tst-01-polls', 'TST-01')) });
    expect(answers.checks.at(-1)?.id).toBe('tst-01-polls');
    const reasons = { initiator: 'not on the wire' };
    await load({ ...sound, 'requirements.yaml': requirements(['TST-01'], { role: 'both', notTested: reasons }) });
  });

  it('is sound for every pattern of ours that has checks', async () => {
    const catalogue = await openCatalogue();
    const judged: string[] = [];
    for (const id of catalogue.ids) {
      const files = await readdir(new URL(`../patterns/${id}/`, import.meta.url));
      if (!files.includes('checks.ts')) continue;
      const { requirements: rules } = await loadConformance(catalogue, id);
      expect(rules.filter((rule) => rule.id.startsWith('COM-'))).toHaveLength(11);
      judged.push(id);
    }
    expect(judged).toContain('synchronous-request-response');
  });

  it.each([
    ['no checks at all', { 'checks.ts': undefined }, 'patterns/a/checks.ts is missing'],
    ['a file of checks that exports none', { 'checks-more.ts': '' }, 'patterns/a/checks-more.ts: it must export'],
    ['a drive that is none', { 'drive.ts': '' }, 'patterns/a/drive.ts: it must export `drive`'],
    [
      'a check of no requirement',
      { 'checks-more.ts': `export const checks = [${check('tst-09-x', 'TST-09')}];` },
      'check tst-09-x names TST-09, which is no requirement',
    ],
    [
      'an id given twice',
      { 'checks-more.ts': `export const checks = [${check('tst-01-one', 'TST-01')}];` },
      'two checks are called tst-01-one',
    ],
    [
      'a requirement without check or reason',
      { 'requirements.yaml': requirements(['TST-01', 'TST-02']) },
      'TST-02 has neither a check nor a reason why it has none (as responder)',
    ],
    [
      'an initiator’s requirement that no journal check looks at',
      { 'requirements.yaml': requirements(['TST-01'], { role: 'initiator' }) },
      'check tst-01-one reads a target, but TST-01 binds the initiator',
    ],
    [
      'a requirement of both that is checked for one only',
      { 'requirements.yaml': requirements(['TST-01'], { role: 'both' }) },
      'TST-01 has neither a check nor a reason why it has none (as initiator)',
    ],
    [
      'a check beside a reason why there is none',
      { 'requirements.yaml': requirements(['TST-01'], { role: 'both', notTested: 'nobody can see it' }) },
      'TST-01 has a check, and a reason why it has none (as responder)',
    ],
    [
      'a check for dialects that its requirement does not bind',
      {
        'requirements.yaml': requirements(['TST-01'], { dialects: ['other'] }),
        'checks.ts': exporting(check('tst-01-one', 'TST-01', "dialects: ['plain']")),
      },
      'check tst-01-one is for dialects that TST-01 does not bind',
    ],
    [
      'a check of a level that does not exist',
      { 'checks.ts': exporting(check('tst-01-one', 'TST-01', "level: 'MAY'")) },
      'check tst-01-one has the level MAY',
    ],
    [
      'a check of a journal that names no stimulus',
      { 'checks.ts': exporting(check('tst-01-one', 'TST-01', "reads: 'journal'")) },
      'check tst-01-one names no stimulus that would make it observable',
    ],
    [
      'a check without a requirement, words or a judge',
      { 'checks.ts': "export const checks = [{ id: 'One' }];" },
      /check One has no id like rrs-01-what[\s\S]*names no requirement[\s\S]*lacks its title[\s\S]*does not judge/,
    ],
  ])(
    'refuses %s, and names the place',
    async (_what, change: Readonly<Record<string, string | undefined>>, message) => {
      const files = Object.entries({ ...sound, ...change }).filter(
        (file): file is [string, string] => file[1] !== undefined,
      );
      await expect(load(Object.fromEntries(files))).rejects.toThrow(message);
    },
  );
});
