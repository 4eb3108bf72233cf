import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Check } from '../sandbox/conformance/check.ts';
import { type CheckCase, checkCases, judgeCase, notShown, restsOnNothing } from '../sandbox/conformance/check-cases.ts';
import { hl7Checks } from '../sandbox/conformance/hl7-checks.ts';
import { hl7Rules } from '../sandbox/conformance/hl7-run.ts';
import type { Requirement } from '../sandbox/conformance/requirement.ts';
import { sharedChecks } from '../sandbox/conformance/shared-checks.ts';
import { openCatalogue } from './catalogue.ts';
import { loadConformance } from './catalogue-conformance.ts';

/** Those are shown to fail by a receiver with each mistake (hl7-run.test.ts), and in a table of its own (shared-checks.test.ts). */
const ELSEWHERE: readonly Check[] = [...hl7Checks, ...sharedChecks];
const root = new URL('../', import.meta.url);

const casesIn = async (folder: string): Promise<readonly CheckCase[]> => {
  const files = (await readdir(new URL(folder, root))).filter((file) => /checks.*\.yaml$/.test(file));
  const texts = files.map((file) => readFile(new URL(`${folder}${file}`, root), 'utf8'));
  return (await Promise.all(texts)).flatMap(checkCases);
};

it('all 108 requirements have checks or a reason, and each check is shown to pass, and to fail with words of its own', async () => {
  const catalogue = await openCatalogue();
  const rules = await hl7Rules();
  const requirements = new Map<string, Requirement>(rules.requirements.map((one) => [one.id, one]));
  const checks = new Map<string, Check>(rules.checks.map((one) => [one.id, one]));
  const cases = [...(await casesIn('sandbox/conformance/'))];
  for (const id of catalogue.ids) {
    const own = await loadConformance(catalogue, id);
    for (const one of own.requirements) requirements.set(one.id, one);
    for (const one of own.checks) checks.set(one.id, one);
    cases.push(...(await casesIn(`patterns/${id}/test/`)));
  }
  const prefixes = Object.groupBy(requirements.keys(), (id) => id.split('-', 1)[0] ?? '');
  expect(Object.fromEntries(Object.entries(prefixes).map(([prefix, ids]) => [prefix, ids?.length]))).toEqual({
    COM: 11,
    RRS: 13,
    RRA: 15,
    REG: 14,
    SHR: 12,
    PSH: 14,
    PUB: 15,
    V2: 14,
  });
  const all = [...checks.values()];
  const bare = [...requirements.values()].filter(
    ({ id, notTested }) => notTested === undefined && !all.some((check) => check.requirements.includes(id)),
  );
  expect(bare).toEqual([]);
  expect(
    notShown(
      all.filter(({ id }) => !ELSEWHERE.some((other) => other.id === id)),
      cases,
    ),
  ).toEqual([]);
  expect(restsOnNothing(all, cases)).toEqual([]);
  const silent = cases.filter((one) => one.verdict === 'fail' && (one.message ?? '') === '');
  expect(silent.map(({ id, what }) => [id, what])).toEqual([]);
  expect(cases.filter((one) => judgeCase(all, one).verdict !== one.verdict)).toEqual([]);
});
