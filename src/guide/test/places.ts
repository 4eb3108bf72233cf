import type { Note } from '../evaluation.ts';
import { CHOICES, type Item, type Tree } from '../tree.ts';

const noteOf = ({ text, basis }: Item | Note): Note => ({ text, basis });

/** Every statement of the tree by its place: `benefits/innovation`, `questions/Q1/answers/no/examples/referral`. */
export const placesOf = (tree: Tree): ReadonlyMap<string, Note> => {
  const listed = (under: string, items: readonly Item[]): [string, Note][] =>
    items.map((item) => [`${under}/${item.id}`, noteOf(item)]);
  return new Map([
    ...listed('introduction', tree.introduction),
    ...listed('scope', tree.scope === undefined ? [] : [tree.scope]),
    ...listed('benefits', tree.benefits),
    ...listed('guidelines', tree.guidelines),
    ...listed('needs/clinicians', tree.needs.clinicians),
    ...listed('needs/citizens', tree.needs.citizens),
    ...listed('considerations/business', tree.considerations.business),
    ...listed('considerations/technical', tree.considerations.technical),
    ...listed('warnings', tree.warnings),
    ...tree.questions.flatMap((question) => {
      const at = `questions/${question.id}`;
      return [
        [at, noteOf(question)] satisfies [string, Note],
        ...listed(`${at}/help`, question.help),
        ...listed(`${at}/considerations`, question.considerations),
        ...CHOICES.flatMap((choice) => {
          const { label, basis, examples } = question.answers[choice];
          const answer: [string, Note] = [`${at}/answers/${choice}`, { text: label, basis }];
          return [answer, ...listed(`${at}/answers/${choice}/examples`, examples)];
        }),
      ];
    }),
  ]);
};
