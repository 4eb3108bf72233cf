import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Check } from './check.ts';
import { checkCases, judgeCase, notShown, restsOnNothing, wordsOf } from './check-cases.ts';
import { parseRequirements } from './requirement.ts';

export interface ChecksContract {
  /** The test's own URL: `checks*.yaml` lie beside it, the pattern's files one folder up. */
  readonly test: string;
  /** Loads a file of the pattern's folder. */
  load(file: string): Promise<{ readonly checks: readonly Check[] }>;
  /** Of the requirements' ids: `SHR`. */
  readonly prefix: string;
  /** How many the catalogue has. */
  readonly count: number;
}

const named = async (folder: URL, extension: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((file) => new RegExp(`^checks(-[a-z-]+)?\\.${extension}$`).test(file)).sort();

/** Whether every dialect is here that the pattern speaks: where it was taken away in one, the checks of others stayed behind. */
const isWhole = async (test: string): Promise<boolean> => {
  const { dialects }: { dialects: readonly string[] } = parse(await readFile(new URL('../pattern.yaml', test), 'utf8'));
  return dialects.every((name) => existsSync(new URL(`../../../sandbox/dialects/${name}.yaml`, test)));
};

/** The tests of a pattern's checks, which are found as the service finds them: one more file of them is judged here, too. */
export const checksContract = async ({ test, load, prefix, count }: ChecksContract): Promise<readonly Check[]> => {
  const checks = (await Promise.all((await named(new URL('../', test), 'ts')).map(load))).flatMap((one) => one.checks);
  const tables = await named(new URL('.', test), 'yaml');
  const cases = (await Promise.all(tables.map((file) => readFile(new URL(file, test), 'utf8')))).flatMap(checkCases);

  describe(`the checks of ${prefix}`, () => {
    it.for(cases)('$id in $dialect: $what', (one) => {
      const judgement = judgeCase(checks, one);
      expect(judgement).toMatchObject({ verdict: one.verdict, ...(one.behind && { steps: one.behind }) });
      expect(wordsOf(judgement)).toContain(one.message ?? '');
    });

    it('are each shown to pass and to fail, and those of an initiator to have seen nothing', () => {
      expect(notShown(checks, cases)).toEqual([]);
    });

    it('name what they rest on', () => {
      expect(restsOnNothing(checks, cases)).toEqual([]);
    });

    it('stand behind every requirement of the catalogue, each of which has a check or a reason', async () => {
      const text = await readFile(new URL('../requirements.yaml', test), 'utf8');
      const requirements = parseRequirements(text, 'requirements.yaml');
      const ids = Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);
      expect(requirements.map(({ id }) => id)).toEqual(ids);
      const checked = new Set(checks.flatMap((check) => check.requirements));
      expect([...checked].filter((id) => !ids.includes(id))).toEqual([]);
      if (!(await isWhole(test))) return;
      // Where one binds both roles, its reason may be that of one, and a check judges the other.
      const hasCheck = ({ notTested }: (typeof requirements)[number]): boolean => typeof notTested !== 'string';
      expect(requirements.filter((one) => hasCheck(one) !== checked.has(one.id))).toEqual([]);
    });
  });
  return checks;
};
