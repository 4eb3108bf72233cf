import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Check, Verdict } from '../../../sandbox/conformance/check.ts';
import { evidenceOf, type Step } from '../../../sandbox/conformance/evidence-of.ts';
import type { Profile } from '../../../sandbox/conformance/profile.ts';
import { parseRequirements } from '../../../sandbox/conformance/requirement.ts';

// As the service finds them: one more file of checks is judged by the tests here, too.
const folder = new URL('../', import.meta.url);
const files = (await readdir(folder)).filter((file) => /^checks(-[a-z-]+)?\.ts$/.test(file)).sort();
const loaded = await Promise.all(
  files.map(async (file): Promise<{ checks: readonly Check[] }> => import(new URL(file, folder).href)),
);
const checks = loaded.flatMap((one) => one.checks);

interface Case {
  readonly what: string;
  readonly dialect: string;
  readonly steps: Readonly<Record<string, Step>>;
  readonly verdict: Verdict;
  readonly message?: string;
  readonly profile?: Partial<Profile>;
}

const text = await readFile(new URL('./checks.yaml', import.meta.url), 'utf8');
const table: Readonly<Record<string, readonly Case[]>> = parse(text);
const cases = Object.entries(table).flatMap(([id, list]) => list.map((one) => ({ id, ...one })));

describe('the checks of synchronous request/response', () => {
  it.for(cases)('$id in $dialect: $what', ({ id, dialect, steps, verdict, message = '', profile = {} }) => {
    const judgement = checks.find((one) => one.id === id)?.judge(evidenceOf(dialect, steps, profile));
    expect(judgement).toMatchObject({ verdict });
    expect(JSON.stringify(judgement)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('are each shown to pass and to fail', () => {
    const shown = (verdict: Verdict) => new Set(cases.filter((one) => one.verdict === verdict).map(({ id }) => id));
    expect(checks.map(({ id }) => id).filter((id) => !shown('pass').has(id) || !shown('fail').has(id))).toEqual([]);
  });

  it('stand behind the thirteen requirements, each of which has a check or a reason', async () => {
    const file = new URL('../requirements.yaml', import.meta.url);
    const requirements = parseRequirements(await readFile(file, 'utf8'), 'requirements.yaml');
    expect(requirements.map(({ id }) => id)).toEqual(
      Array.from({ length: 13 }, (_, index) => `RRS-${String(index + 1).padStart(2, '0')}`),
    );
    const checked = new Set(checks.flatMap((check) => check.requirements));
    expect([...checked].filter((id) => !requirements.some((one) => one.id === id))).toEqual([]);
    expect(requirements.filter((one) => (one.notTested === undefined) !== checked.has(one.id))).toEqual([]);
  });

  it('hold nothing against plain FHIR that only PDS asks for', () => {
    const strict = checks.filter((check) => /412 PRECONDITION|409|\{patches/.test(check.title + check.failure));
    expect(strict.length).toBeGreaterThan(0);
    expect(strict.every((check) => check.dialects?.join() === 'pds')).toBe(true);
  });
});
