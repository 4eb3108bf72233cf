import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

const check = (id: string, requirement: string): string =>
  `{ id: '${id}', requirements: ['${requirement}'], title: 't', failure: 'f', judge: () => ({ verdict: 'pass' }) }`;
const requirements = (...ids: readonly string[]): string =>
  JSON.stringify({
    requirements: ids.map((id) => ({ id, level: 'SHALL', role: 'responder', statement: 's', source: 'x' })),
  });
const sound = {
  'requirements.yaml': requirements('TST-01'),
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
      { 'requirements.yaml': requirements('TST-01', 'TST-02') },
      'TST-02 has neither a check nor a reason why it has none',
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
