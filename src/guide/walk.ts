import { BAD_REQUEST, type Fault, type ProblemError, problem } from '../../sandbox/problem.ts';
import type { Answer, Answers } from './evaluation.ts';
import { below } from './shape.ts';
import { CHOICES, type Choice, type Tree, type TreeQuestion } from './tree.ts';

/** A leaf that can still be reached, and the answers on a way there, given or assumed. */
export interface Leaf {
  readonly pattern: string;
  readonly path: readonly { readonly question: TreeQuestion; readonly choice: Choice; readonly assumed: boolean }[];
}

export interface Walk {
  /** The questions that were answered and that the answers lead to, each after one that leads to it. */
  readonly answered: readonly { readonly question: TreeQuestion; readonly answer: Answer }[];
  /** The first question on the way without an answer. */
  readonly open?: TreeQuestion;
  readonly unsure: boolean;
}

const isAnswer = (value: unknown): value is Answer => value === 'yes' || value === 'no' || value === 'unsure';
const clip = (value: unknown): string => {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
};

export const choicesOf = (answer: Answer | undefined): readonly Choice[] =>
  answer === 'yes' || answer === 'no' ? [answer] : CHOICES;

export const questionOf = (tree: Tree, id: string): TreeQuestion => {
  const question = tree.questions.find((one) => one.id === id);
  if (question === undefined) throw new Error(`the tree has no question ${id}, and the checker let it through`);
  return question;
};

/** So that thousands of bad answers do not come back as thousands of lines. */
const SHOWN = 20;
const refuse = (faults: readonly Fault[]): ProblemError => {
  const more = faults.length - SHOWN;
  const rest = more > 0 ? [{ detail: `and ${more} more answers that cannot be`, at: '/answers' }] : [];
  return problem(BAD_REQUEST, [...faults.slice(0, SHOWN), ...rest]);
};

/** The answers by question. Refuses unknown questions and answers other than yes, no and unsure, naming each. */
export const readAnswers = (tree: Tree, answers: unknown): ReadonlyMap<string, Answer> => {
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers))
    throw problem(BAD_REQUEST, 'answers is an object: question id to yes, no or unsure', { at: '/answers' });
  const faults: Fault[] = [];
  const read = new Map<string, Answer>();
  for (const [id, answer] of Object.entries(answers)) {
    const at = below('/answers', id.slice(0, 80));
    if (!tree.questions.some((question) => question.id === id))
      faults.push({ detail: `there is no question ${clip(id)}`, at });
    else if (!isAnswer(answer)) faults.push({ detail: `${id} is answered yes, no or unsure, not ${clip(answer)}`, at });
    else read.set(id, answer);
  }
  if (faults.length > 0) throw refuse(faults);
  return read;
};

/** Follows the answers from the start, both ways where one is unsure. */
export const walk = (tree: Tree, answers: ReadonlyMap<string, Answer>): Walk => {
  const answered = new Map<string, Walk['answered'][number]>();
  let open: TreeQuestion | undefined;
  const ahead = [tree.start];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    if (answered.has(id)) continue;
    const question = questionOf(tree, id);
    const answer = answers.get(id);
    if (answer === undefined) {
      open ??= question;
      continue;
    }
    answered.set(id, { question, answer });
    // The yes branch is walked first, so it goes on the stack last.
    for (const choice of choicesOf(answer).toReversed()) {
      const next = question.answers[choice].question;
      if (next !== undefined) ahead.push(next);
    }
  }
  const steps = [...answered.values()];
  return {
    answered: steps,
    unsure: steps.some((step) => step.answer === 'unsure'),
    ...(open === undefined ? {} : { open }),
  };
};

/** Every leaf that the answers leave possible; unsure and unanswered questions leave both ways open. */
export const leavesOf = (tree: Tree, answers: ReadonlyMap<string, Answer>): readonly Leaf[] => {
  const leaves: Leaf[] = [];
  const ways = new Map<string, Leaf['path']>([[tree.start, []]]);
  // A map is iterated in insertion order and takes in what is added meanwhile: breadth first, each question once.
  for (const [id, path] of ways) {
    const question = questionOf(tree, id);
    const choices = choicesOf(answers.get(id));
    for (const choice of choices) {
      const { question: next, pattern } = question.answers[choice];
      const way = [...path, { question, choice, assumed: choices.length > 1 }];
      if (pattern !== undefined) leaves.push({ pattern, path: way });
      else if (next !== undefined && !ways.has(next)) ways.set(next, way);
    }
  }
  return leaves;
};

/** The patterns that the answers leave possible, in the order of the tree's outcomes. */
export const possiblePatterns = (tree: Tree, answers: ReadonlyMap<string, Answer>): readonly string[] => {
  const led = new Set(leavesOf(tree, answers).map((leaf) => leaf.pattern));
  return tree.outcomes.map((outcome) => outcome.pattern).filter((pattern) => led.has(pattern));
};

/**
 * As {@link walk}, from what was sent. Throws BAD_REQUEST naming each answer that is off the route, to an unknown question,
 * or not yes, no or unsure.
 */
export const follow = (tree: Tree, answers: unknown): Walk & { readonly given: ReadonlyMap<string, Answer> } => {
  const given = readAnswers(tree, answers);
  const walked = walk(tree, given);
  const on = new Set(walked.answered.map((step) => step.question.id));
  const faults = [...given.keys()]
    .filter((id) => !on.has(id))
    .map((id) => ({ detail: `${id} is not on the route that the other answers take`, at: below('/answers', id) }));
  if (faults.length > 0) throw refuse(faults);
  return { ...walked, given };
};

/**
 * The answers without those that are not, or no longer, on the route: what is left after an earlier answer was changed.
 * Throws BAD_REQUEST as `evaluate` does for unknown questions and answers.
 */
export const prune = (tree: Tree, answers: unknown): Answers =>
  Object.fromEntries(walk(tree, readAnswers(tree, answers)).answered.map((step) => [step.question.id, step.answer]));
