import { CHOICES, type Choice, type Tree } from './tree.ts';
import { follow } from './walk.ts';

/** What of the drawing the answers so far touch. */
export interface Marks {
  /** `Q1:yes`: the answer was given; `maybe`: it is one of two that an unsure answer leaves open. */
  readonly ways: ReadonlyMap<string, 'taken' | 'maybe'>;
  readonly answered: ReadonlySet<string>;
  /** The question to be answered next. */
  readonly open?: string;
}

/** Ids have no colon, so a way is never mistaken for a question. */
export const wayKey = (question: string, choice: Choice): string => `${question}:${choice}`;

/** Throws BAD_REQUEST as `evaluate` does. */
export const marksOf = (tree: Tree, answers: unknown): Marks => {
  const { answered, open } = follow(tree, answers);
  const ways = answered.flatMap(({ question, answer }): [string, 'taken' | 'maybe'][] =>
    answer === 'unsure'
      ? CHOICES.map((choice) => [wayKey(question.id, choice), 'maybe'])
      : [[wayKey(question.id, answer), 'taken']],
  );
  return {
    ways: new Map(ways),
    answered: new Set(answered.map((step) => step.question.id)),
    ...(open === undefined ? {} : { open: open.id }),
  };
};
