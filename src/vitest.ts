import { beforeAll, describe, expect, it } from 'vitest';
import { hl7Rules, isMllp, runHl7Conformance } from '../sandbox/conformance/hl7-run.ts';
import { checkProfile } from '../sandbox/conformance/profile.ts';
import type { Report } from '../sandbox/conformance/report.ts';
import { type Level, levelIn, type Requirement } from '../sandbox/conformance/requirement.ts';
import { runConformance } from '../sandbox/conformance/run.ts';
import { openCatalogue } from './catalogue.ts';
import { loadConformance } from './catalogue-conformance.ts';
import { tool } from './cli/version.ts';
import type { ConformanceTests } from './vitest-entry.d.ts';

export type { ConformanceTests } from './vitest-entry.d.ts';

const FIVE_MINUTES = 300_000;

const messages = (checks: Report['requirements'][number]['checks'], verdicts: readonly string[]): string =>
  checks
    .filter(({ verdict }) => verdicts.includes(verdict))
    .map(({ title, message }) => `${title}: ${message}`)
    .join('\n');

/**
 * One test for each requirement that binds the dialect: it fails with what was found, and is skipped with the reason where
 * nothing could be said. The system is driven once, before the first of them. Await it at the top of a test file.
 */
export const describeConformance = async (asked: ConformanceTests): Promise<void> => {
  const { pattern, minLevel = 'SHOULD', allowLive = false } = asked;
  const catalogue = await openCatalogue();
  const profile = checkProfile(asked.profile);
  const known = (await catalogue.dialects(pattern)).map(({ id }) => id);
  const dialect = asked.dialect ?? profile.dialect ?? known[0] ?? '';
  if (!known.includes(dialect))
    throw new Error(`${pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`);
  const overMllp = typeof asked.target === 'string' && isMllp(asked.target);
  const conformance = await loadConformance(catalogue, pattern);
  const { requirements } = overMllp ? await hl7Rules() : conformance;
  const binding = requirements.flatMap((requirement): (readonly [Requirement, Level])[] => {
    const level = requirement.role === 'initiator' ? undefined : levelIn(requirement, dialect);
    return level === undefined ? [] : [[requirement, level]];
  });

  describe(`${pattern}, dialect ${dialect}`, () => {
    let report: Report;
    beforeAll(async () => {
      const target = typeof asked.target === 'string' ? asked.target : await asked.target();
      const run = { pattern, dialect, target, profile, minLevel, allowLive, tool: tool() };
      report = isMllp(target) ? await runHl7Conformance(run) : await runConformance(conformance, run);
    }, asked.timeout ?? FIVE_MINUTES);

    for (const [requirement, level] of binding)
      it(`${requirement.id} ${level}: ${requirement.statement}`, ({ skip }) => {
        const found = report.requirements.find(({ id }) => id === requirement.id);
        if (found === undefined) return skip('it does not bind what was driven');
        const { verdict, checks, why } = found;
        const counts = checks.filter((check) => minLevel === 'SHOULD' || check.level === 'SHALL');
        const wrong = messages(counts, ['fail', 'error']);
        if (wrong !== '') throw new Error(wrong);
        if (verdict !== 'pass') skip(why ?? messages(checks, ['skip', 'omit', 'fail', 'error']));
      });

    it('judges something', () => {
      expect(report.exitCode, 'nothing could be judged: say more in the profile').not.toBe(4);
    });
  });
};
