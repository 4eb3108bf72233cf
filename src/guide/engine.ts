import type { Alternative, Answer, Evaluation, Outcome, RouteStep, Settle, Warning } from './evaluation.ts';
import { CHOICES, type Choice, type Context, type Tree } from './tree.ts';
import { follow, type Leaf, leavesOf, possiblePatterns, type Walk, walk } from './walk.ts';
import { describe, toQuestion } from './wire.ts';

type Given = ReadonlyMap<string, Answer>;

const titleOf = (tree: Tree, pattern: string): string =>
  tree.outcomes.find((outcome) => outcome.pattern === pattern)?.title ?? pattern;

const toRoute = (walked: Walk): RouteStep[] =>
  walked.answered.map(({ question, answer }) => ({
    question: question.id,
    answer,
    text: question.text,
    label: answer === 'unsure' ? 'Not sure' : question.answers[answer].label,
  }));

/** The reasons of the answers on the way; one that is only assumed says so, and one that begins another way says "Or". */
const reasonsOf = (leaves: readonly Leaf[]): string[] => {
  const said = new Set<string>();
  const reasons: string[] = [];
  for (const [way, leaf] of leaves.entries()) {
    const unsaid = leaf.path
      .map(({ question, choice, assumed }) => {
        const because = describe({ text: question.answers[choice].because, basis: question.answers[choice].basis });
        return assumed ? `${question.id}, if ${choice}: ${because}` : because;
      })
      .filter((reason) => !said.has(reason));
    for (const [at, reason] of unsaid.entries()) {
      said.add(reason);
      reasons.push(way > 0 && at === 0 ? `Or ${reason}` : reason);
    }
  }
  return reasons;
};

const outcomeOf = (tree: Tree, pattern: string, leaves: readonly Leaf[]): Outcome => ({
  pattern,
  title: titleOf(tree, pattern),
  because: reasonsOf(leaves.filter((leaf) => leaf.pattern === pattern)),
});

const alternativesOf = (tree: Tree, answers: Given, route: readonly RouteStep[]): Alternative[] =>
  route.map(({ question, answer }) => {
    const other: Choice = answer === 'yes' ? 'no' : 'yes';
    const flipped = new Map(answers).set(question, other);
    const { open } = walk(tree, flipped);
    if (open !== undefined) return { change: { [question]: other }, question: open.id, title: open.text };
    const pattern = possiblePatterns(tree, flipped).join();
    return { change: { [question]: other }, pattern, title: titleOf(tree, pattern) };
  });

const settleOf = (tree: Tree, answers: Given, walked: Walk, possible: readonly string[]): Settle[] =>
  walked.answered
    .filter((step) => step.answer === 'unsure')
    .map(({ question }) => ({
      question: question.id,
      text: question.text,
      leads: {
        yes: possiblePatterns(tree, new Map(answers).set(question.id, 'yes')),
        no: possiblePatterns(tree, new Map(answers).set(question.id, 'no')),
      },
    }))
    .filter(({ leads }) => CHOICES.some((choice) => leads[choice].length < possible.length));

/** Context never changes an outcome: it only warns, where a rule of the tree says so. */
const warningsOf = (tree: Tree, context: Context, outcomes: readonly string[]): Warning[] =>
  tree.warnings
    .filter(({ when: { outcome, ...circumstances } }) => {
      const given = new Map<string, unknown>(Object.entries(context));
      const holds = Object.entries(circumstances).every(([key, value]) => given.get(key) === value);
      return holds && (outcome === undefined || outcome.some((pattern) => outcomes.includes(pattern)));
    })
    .map(({ id, text, basis, pattern }) => ({ id, text, basis, ...(pattern === undefined ? {} : { pattern }) }));

/**
 * What the answers so far lead to: the next question; or the outcome, with what each other answer would have led to; or,
 * where an answer is `unsure`, every outcome still possible and what would settle it. Pure.
 * Throws BAD_REQUEST naming each answer that is off the route, to an unknown question, or not yes, no or unsure.
 */
export const evaluate = (tree: Tree, answers: unknown, context: Context = {}): Evaluation => {
  const { given, ...walked } = follow(tree, answers);
  const route = toRoute(walked);
  if (walked.open !== undefined && !walked.unsure)
    return { question: toQuestion(walked.open), route, warnings: warningsOf(tree, context, []) };

  const leaves = leavesOf(tree, given);
  const possible = possiblePatterns(tree, given);
  const warnings = warningsOf(tree, context, possible);
  if (walked.unsure)
    return {
      outcomes: possible.map((pattern) => outcomeOf(tree, pattern, leaves)),
      settle: settleOf(tree, given, walked, possible),
      route,
      warnings,
    };
  const outcome = outcomeOf(tree, possible.join(), leaves);
  return { outcome, route, warnings, alternatives: alternativesOf(tree, given, route) };
};
