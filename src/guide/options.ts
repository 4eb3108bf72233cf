import type { Answer } from './evaluation.ts';
import type { Choice, Tree } from './tree.ts';
import { possiblePatterns, readAnswers, walk } from './walk.ts';

/** One of the tree's outcomes, seen from answers that lead to one of them. */
export interface Option {
  readonly pattern: string;
  readonly title: string;
  readonly chosen: boolean;
  /** Where it parted from the route: the last question at which the other answer could still have led to it. */
  readonly parted?: {
    readonly question: string;
    readonly text: string;
    readonly answered: string;
    readonly needed: string;
    readonly because: string;
  };
}

/** All outcomes of the tree, each rejected one with the answer that ruled it out. For answers that have an outcome. */
export const optionsOf = (tree: Tree, answers: unknown): readonly Option[] => {
  const given = readAnswers(tree, answers);
  const steps = walk(tree, given).answered;
  const chosen = possiblePatterns(tree, given);
  return tree.outcomes.map(({ pattern, title }): Option => {
    if (chosen.includes(pattern)) return { pattern, title, chosen: true };
    for (const [index, { question, answer }] of [...steps.entries()].toReversed()) {
      if (answer === 'unsure') continue;
      const needed: Choice = answer === 'yes' ? 'no' : 'yes';
      const before = steps.slice(0, index).map((step): [string, Answer] => [step.question.id, step.answer]);
      if (!possiblePatterns(tree, new Map([...before, [question.id, needed]])).includes(pattern)) continue;
      const { label: answered, because } = question.answers[answer];
      const parted = {
        question: question.id,
        text: question.text,
        answered,
        needed: question.answers[needed].label,
        because,
      };
      return { pattern, title, chosen: false, parted };
    }
    return { pattern, title, chosen: false };
  });
};
