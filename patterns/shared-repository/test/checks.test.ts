import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../sandbox/conformance/check.ts';
import { checkCases, judgeCase, notShown, wordsOf } from '../../../sandbox/conformance/check-cases.ts';
import { parseRequirements } from '../../../sandbox/conformance/requirement.ts';

// As the service finds them: one more file of checks is judged by the tests here, too.
const folder = new URL('../', import.meta.url);
const files = (await readdir(folder)).filter((file) => /^checks(-[a-z-]+)?\.ts$/.test(file)).sort();
const loaded = await Promise.all(
  files.map(async (file): Promise<{ checks: readonly Check[] }> => import(new URL(file, folder).href)),
);
const checks = loaded.flatMap((one) => one.checks);

const tables = (await readdir(new URL('.', import.meta.url))).filter((file) => /^checks(-[a-z-]+)?\.yaml$/.test(file));
const texts = await Promise.all(tables.map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
const cases = texts.flatMap(checkCases);

describe('the checks of a shared repository', () => {
  it.for(cases)('$id in $dialect: $what', (one) => {
    const judgement = judgeCase(checks, one);
    expect(judgement).toMatchObject({ verdict: one.verdict, ...(one.behind && { steps: one.behind }) });
    expect(wordsOf(judgement)).toContain(one.message ?? '');
  });

  it('are each shown to pass and to fail, and those of an initiator to have seen nothing', () => {
    expect(notShown(checks, cases)).toEqual([]);
  });

  it('stand behind the twelve requirements, each of which has a check or a reason', async () => {
    const file = new URL('../requirements.yaml', import.meta.url);
    const requirements = parseRequirements(await readFile(file, 'utf8'), 'requirements.yaml');
    expect(requirements.map(({ id }) => id)).toEqual(
      Array.from({ length: 12 }, (_, index) => `SHR-${String(index + 1).padStart(2, '0')}`),
    );
    const checked = new Set(checks.flatMap((check) => check.requirements));
    expect([...checked].filter((id) => !requirements.some((one) => one.id === id))).toEqual([]);
    expect(requirements.filter((one) => (one.notTested === undefined) !== checked.has(one.id))).toEqual([]);
  });
});
