import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkCases, judgeCase, notShown, restsOnNothing, wordsOf } from './check-cases.ts';
import { sharedJournalChecks } from './shared-journal-checks.ts';

const file = new URL('./shared-journal-checks.test-data.yaml', import.meta.url);
const cases = checkCases(await readFile(file, 'utf8'));

describe('the checks of an initiator that every pattern shares', () => {
  it.for(cases)('$id in $dialect: $what', (one) => {
    const judgement = judgeCase(sharedJournalChecks, one);
    expect(judgement).toMatchObject({ verdict: one.verdict, ...(one.behind && { steps: one.behind }) });
    expect(wordsOf(judgement)).toContain(one.message ?? '');
  });

  it('are each shown to pass, to fail, and to have seen nothing', () => {
    expect(notShown(sharedJournalChecks, cases)).toEqual([]);
    expect(restsOnNothing(sharedJournalChecks, cases)).toEqual([]);
  });
});
