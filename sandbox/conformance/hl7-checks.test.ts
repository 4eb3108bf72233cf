import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readsJournal } from './check.ts';
import { checkCases, judgeCase, notShown, restsOnNothing, wordsOf } from './check-cases.ts';
import { hl7JournalChecks } from './hl7-journal-checks.ts';
import { hl7KeptChecks } from './hl7-kept-checks.ts';
import { hl7Rules } from './hl7-run.ts';
import { notTestedAs, sidesOf } from './requirement.ts';

const checks = [...hl7JournalChecks, ...hl7KeptChecks];
const file = new URL('./hl7-checks.test-data.yaml', import.meta.url);
const cases = checkCases(await readFile(file, 'utf8'));

describe('the checks of HL7 v2', () => {
  it.for(cases)('$id in $dialect: $what', (one) => {
    const judgement = judgeCase(checks, one);
    expect(judgement).toMatchObject({ verdict: one.verdict, ...(one.behind && { steps: one.behind }) });
    expect(wordsOf(judgement)).toContain(one.message ?? '');
  });

  it('are each shown to pass and to fail, and those of a sender to have seen nothing', () => {
    expect(notShown(checks, cases)).toEqual([]);
    expect(restsOnNothing(checks, cases)).toEqual([]);
  });

  it('stand behind all fourteen requirements of the catalogue, for each role that one binds, or there is a reason', async () => {
    const rules = await hl7Rules();
    expect(rules.requirements.map(({ id }) => id)).toEqual(
      Array.from({ length: 14 }, (_, index) => `V2-${String(index + 1).padStart(2, '0')}`),
    );
    const judged = (id: string, side: string) =>
      rules.checks.some((check) => check.requirements.includes(id) && readsJournal(check) === (side === 'initiator'));
    for (const requirement of rules.requirements)
      for (const side of sidesOf(requirement))
        expect([requirement.id, side, judged(requirement.id, side)]).toEqual([
          requirement.id,
          side,
          notTestedAs(requirement, side) === undefined,
        ]);
  });
});
