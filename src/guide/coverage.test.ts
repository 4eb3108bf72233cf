import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { evaluate } from './engine.ts';
import { loadTree } from './load.ts';
import { list, record, text } from './shape.ts';
import { placesOf } from './test/places.ts';
import type { Choice } from './tree.ts';

const tree = await loadTree(fileURLToPath(new URL('../../patterns/decision-tree.yaml', import.meta.url)));
const readCoverage = list(record({ says: text, in: list(text, { min: 1 }) }, {}), { min: 1 });
const coverage = readCoverage(parse(await readFile(new URL('./coverage.yaml', import.meta.url), 'utf8')), '', []) ?? [];

describe('the tree and the chapter', () => {
  const places = placesOf(tree);

  it.each(coverage)('says, as the chapter does: $says', ({ in: at }) => {
    for (const place of at) expect({ place, basis: places.get(place)?.basis }).toEqual({ place, basis: 'chapter' });
  });

  it('labels nothing as the chapter’s that is not in the list of its statements', () => {
    const listed = new Set(coverage.flatMap((statement) => statement.in));
    const claimed = [...places].filter(([, note]) => note.basis === 'chapter').map(([place]) => place);
    expect(claimed.filter((place) => !listed.has(place))).toEqual([]);
  });

  it('has the three benefits, five needs of clinicians and five of citizens', () => {
    const { benefits, needs } = tree;
    expect([benefits.length, needs.clinicians.length, needs.citizens.length]).toEqual([3, 5, 5]);
  });
});

// As the chapter has them: the questions' exits, and each example under the answer that it illustrates.
const exits: readonly [question: string, choice: Choice, next: string][] = [
  ['Q1', 'yes', 'Q2'],
  ['Q1', 'no', 'Q5'],
  ['Q2', 'yes', 'Q3'],
  ['Q2', 'no', 'Q4'],
  ['Q3', 'yes', 'synchronous-request-response'],
  ['Q3', 'no', 'registry-repository'],
  ['Q4', 'yes', 'shared-repository'],
  ['Q4', 'no', 'registry-repository'],
  ['Q5', 'yes', 'Q6'],
  ['Q5', 'no', 'Q7'],
  ['Q6', 'yes', 'asynchronous-request-response'],
  ['Q6', 'no', 'synchronous-request-response'],
  ['Q7', 'yes', 'information-push'],
  ['Q7', 'no', 'publish-subscribe'],
];
const before: Record<string, Record<string, Choice>> = {
  Q1: {},
  Q2: { Q1: 'yes' },
  Q3: { Q1: 'yes', Q2: 'yes' },
  Q4: { Q1: 'yes', Q2: 'no' },
  Q5: { Q1: 'no' },
  Q6: { Q1: 'no', Q5: 'yes' },
  Q7: { Q1: 'no', Q5: 'no' },
};
const leadsTo = (question: string, choice: Choice): string | undefined => {
  const evaluation = evaluate(tree, { ...before[question], [question]: choice });
  return evaluation.outcome?.pattern ?? evaluation.question?.id;
};

describe('the branches', () => {
  it.each(exits)('%s %s leads to %s', (question, choice, next) => {
    expect(leadsTo(question, choice)).toBe(next);
  });

  const examples: readonly [example: RegExp, question: string, choice: Choice][] = [
    [/A&E, and a clinician/, 'Q1', 'yes'],
    [/COVID/, 'Q1', 'yes'],
    [/repeat prescription/, 'Q1', 'yes'],
    [/birth, a death or a move/, 'Q1', 'no'],
    [/attends A&E/, 'Q1', 'no'],
    [/admitted to hospital, or discharged/, 'Q1', 'no'],
    [/referred to another service/, 'Q1', 'no'],
    [/sends a task to another clinician/, 'Q1', 'no'],
    [/recalled for screening/, 'Q1', 'no'],
    [/GP appointments/, 'Q2', 'yes'],
    [/development plans/, 'Q2', 'yes'],
    [/National Booking Service/, 'Q2', 'yes'],
    [/history of vaccinations, given by/, 'Q2', 'no'],
    [/height and weight/, 'Q2', 'no'],
    [/\(PDS\)/, 'Q3', 'yes'],
    [/Medication data/, 'Q3', 'yes'],
    [/8 week assessment/, 'Q3', 'no'],
    [/crisis plan/, 'Q3', 'no'],
    [/Master data/, 'Q4', 'yes'],
    [/national vaccination register/, 'Q4', 'yes'],
    [/accepted the referral/, 'Q5', 'yes'],
    [/identifier of a booking/, 'Q5', 'yes'],
    [/specific task/, 'Q6', 'yes'],
    [/external health care repository/, 'Q6', 'no'],
  ];
  it.each(examples)('%s illustrates %s %s, as in the chapter', (example, question, choice) => {
    const found = tree.questions.flatMap(({ id, answers }) =>
      (['yes', 'no'] as const).flatMap((at) =>
        answers[at].examples
          .filter(({ basis, text: words }) => basis === 'chapter' && example.test(words))
          .map(() => ({ question: id, choice: at })),
      ),
    );
    expect(found).toEqual([{ question, choice }]);
  });

  it('has no example of the chapter beside those', () => {
    const count = tree.questions
      .flatMap(({ answers }) => [...answers.yes.examples, ...answers.no.examples])
      .filter(({ basis }) => basis === 'chapter').length;
    expect(count).toBe(examples.length);
  });

  it.each(['discharge-to-gp', 'screening-to-citizen', 'address-to-subscribers', 'referral-triage'])(
    'labels the leaf of %s as our inference',
    (example) => {
      const place = [...placesOf(tree)].find(([at]) => at.endsWith(`/${example}`));
      expect(place?.[1].basis).toBe('inference');
    },
  );
});
