import type { Guide, Note, Question } from './evaluation.ts';
import { CHOICES, type Item, type Transition, type Tree, type TreeQuestion } from './tree.ts';

/** A statement where the contract has room for a text only: what is inferred still says so. */
export const describe = ({ text, basis }: Note): string => (basis === 'inference' ? `${text} (Our inference.)` : text);

const toNote = ({ text, basis }: Item): Note => ({ text, basis });
const toTexts = (items: readonly Item[]): string[] => items.map(describe);

const toAnswer = ({ label, question, pattern, examples }: Transition): Question['answers']['yes'] => ({
  label,
  ...(question === undefined ? {} : { question }),
  ...(pattern === undefined ? {} : { pattern }),
  examples: examples.map(toNote),
});

export const toQuestion = (question: TreeQuestion): Question => ({
  id: question.id,
  text: question.text,
  short: question.short,
  help: toTexts(question.help),
  answers: { yes: toAnswer(question.answers.yes), no: toAnswer(question.answers.no) },
  considerations: question.considerations.map(toNote),
});

/** The whole tree in the shape of `GET /api/guide`. */
export const toGuide = (tree: Tree): Guide => ({
  title: tree.title,
  edition: tree.edition,
  introduction: toTexts(tree.introduction),
  ...(tree.scope === undefined ? {} : { scope: describe(tree.scope) }),
  start: tree.start,
  questions: tree.questions.map(toQuestion),
  outcomes: tree.outcomes,
  benefits: toTexts(tree.benefits),
  guidelines: tree.guidelines.map(({ id, text, basis }) => ({ id, text, basis })),
  needs: { clinicians: toTexts(tree.needs.clinicians), citizens: toTexts(tree.needs.citizens) },
  considerations: {
    business: toTexts(tree.considerations.business),
    technical: toTexts(tree.considerations.technical),
  },
});

/** Every statement of the tree by its place: `benefits/innovation`, `questions/Q1/answers/no/examples/referral`. */
export const placesOf = (tree: Tree): ReadonlyMap<string, Note> => {
  const listed = (under: string, items: readonly Item[]): [string, Note][] =>
    items.map((item) => [`${under}/${item.id}`, toNote(item)]);
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
        [at, toNote(question)] satisfies [string, Note],
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
