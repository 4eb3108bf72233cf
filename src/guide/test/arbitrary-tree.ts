import fc from 'fast-check';
import { checkTree } from '../check.ts';
import { CHOICES, type Tree } from '../tree.ts';

const prose = fc.stringMatching(/^[A-Za-z"<>&`|;#\][ é]{0,60}[a-z]$/);

/**
 * Any well-formed tree of up to twelve questions, also one where questions are shared by several routes: each answer leads
 * to a later question or to a pattern, and what cannot be reached is left out.
 */
export const arbitraryTree: fc.Arbitrary<Tree> = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const answer = fc.record({
    ahead: fc.integer({ min: 1, max: 6 }),
    leaf: fc.integer({ min: 0, max: 4 }),
    label: prose,
  });
  return fc.array(fc.tuple(answer, answer, prose), { minLength: size, maxLength: size }).map((rows) => {
    const all = rows.map(([yes, no, text], index) => {
      const lead = ({ ahead, leaf, label }: typeof yes): Record<string, unknown> => ({
        basis: 'chapter',
        label,
        because: label,
        ...(index + ahead < size ? { question: `N${index + ahead}` } : { pattern: `pattern-${leaf}` }),
      });
      return { id: `N${index}`, basis: 'chapter', text, short: text, answers: { yes: lead(yes), no: lead(no) } };
    });
    const reached = new Set(['N0']);
    for (const { id, answers } of all)
      if (reached.has(id)) for (const choice of CHOICES) reached.add(String(answers[choice].question ?? 'N0'));
    const questions = all.filter(({ id }) => reached.has(id));
    const led = new Set(questions.flatMap(({ answers }) => CHOICES.flatMap((choice) => answers[choice].pattern ?? [])));
    const outcomes = [...led].map((pattern) => ({ pattern, title: `The ${pattern}` }));
    const { tree, faults } = checkTree({ title: 'Any', edition: { title: 'Any' }, start: 'N0', questions, outcomes });
    if (tree === undefined) throw new Error(`not well formed: ${JSON.stringify(faults)}`);
    return tree;
  });
});

/** Answers to some of the tree's questions, on the route or off it. */
export const arbitraryAnswers = (tree: Tree): fc.Arbitrary<Record<string, 'yes' | 'no' | 'unsure'>> =>
  fc.dictionary(fc.constantFrom(...tree.questions.map(({ id }) => id)), fc.constantFrom('yes', 'no', 'unsure'));
