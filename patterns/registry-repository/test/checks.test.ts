import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../sandbox/conformance/check.ts';
import { checkCases, judgeCase, notShown, wordsOf } from '../../../sandbox/conformance/check-cases.ts';
import { parseRequirements } from '../../../sandbox/conformance/requirement.ts';
import { checks as target } from '../checks.ts';
import { checks as consumer } from '../checks-consumer.ts';
import { checks as producer } from '../checks-producer.ts';
import { checks as repository } from '../checks-repository.ts';

const checks: readonly Check[] = [...target, ...repository, ...consumer, ...producer];
const tables = (await readdir(new URL('.', import.meta.url))).filter((file) => /^checks(-[a-z-]+)?\.yaml$/.test(file));
const texts = await Promise.all(tables.map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
const cases = texts.flatMap(checkCases);

describe('the checks of registry/repository', () => {
  it.for(cases)('$id in $dialect: $what', (one) => {
    const judgement = judgeCase(checks, one);
    expect(judgement).toMatchObject({ verdict: one.verdict, ...(one.behind && { steps: one.behind }) });
    expect(wordsOf(judgement)).toContain(one.message ?? '');
  });

  it('are each shown to pass and to fail, and those of an initiator to have seen nothing', () => {
    expect(notShown(checks, cases)).toEqual([]);
  });

  it('stand behind the fourteen requirements, each of which has one', async () => {
    const file = new URL('../requirements.yaml', import.meta.url);
    const requirements = parseRequirements(await readFile(file, 'utf8'), 'requirements.yaml');
    const fourteen = Array.from({ length: 14 }, (_, index) => `REG-${String(index + 1).padStart(2, '0')}`);
    expect(requirements.map(({ id }) => id)).toEqual(fourteen);
    expect([...new Set(checks.flatMap((check) => check.requirements))].toSorted()).toEqual(fourteen);
  });
});
