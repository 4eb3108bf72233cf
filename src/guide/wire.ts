import type { Guide, Note, Question } from './evaluation.ts';
import type { Item, Transition, Tree, TreeQuestion } from './tree.ts';

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
