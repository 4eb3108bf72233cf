import type { Fault } from '../../sandbox/problem.ts';
import { treeShape } from './schema.ts';
import { below } from './shape.ts';
import { CHOICES, type Tree, type TreeQuestion } from './tree.ts';

export interface Checked {
  /** Present when nothing is wrong. */
  readonly tree?: Tree;
  /** Everything that is wrong, each with its JSON pointer into the file. */
  readonly faults: readonly Fault[];
}

/** Every answer leads to exactly one of a question that is there and an outcome that is listed. */
const checkTransitions = (tree: Tree, faults: Fault[]): void => {
  const questions = new Set(tree.questions.map((question) => question.id));
  const outcomes = new Set(tree.outcomes.map((outcome) => outcome.pattern));
  if (!questions.has(tree.start)) faults.push({ detail: `start: there is no question ${tree.start}`, at: '/start' });
  for (const [index, question] of tree.questions.entries())
    for (const choice of CHOICES) {
      const at = `/questions/${index}/answers/${choice}`;
      const { question: next, pattern } = question.answers[choice];
      const where = `${question.id} ${choice}`;
      if (next === undefined && pattern === undefined)
        faults.push({ detail: `${where} is a dead end: it leads to neither a question nor a pattern`, at });
      if (next !== undefined && pattern !== undefined)
        faults.push({ detail: `${where} leads to a question and a pattern: it has to be one of them`, at });
      if (next !== undefined && !questions.has(next))
        faults.push({ detail: `${where} leads to ${next}, and there is no such question`, at: below(at, 'question') });
      if (pattern !== undefined && !outcomes.has(pattern))
        faults.push({
          detail: `${where} leads to ${pattern}, which is not listed under outcomes`,
          at: below(at, 'pattern'),
        });
    }
};

const nextOf = (question: TreeQuestion): string[] =>
  CHOICES.flatMap((choice) => question.answers[choice].question ?? []);

/** Depth first from the start: names each cycle by its questions, and what cannot be reached. */
const checkReach = (tree: Tree, faults: Fault[]): void => {
  const byId = new Map(tree.questions.map((question) => [question.id, question]));
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) {
      const cycle = [...path.slice(path.indexOf(id)), id].join(' → ');
      const index = tree.questions.findIndex((question) => question.id === path.at(-1));
      faults.push({ detail: `the questions go round in a circle: ${cycle}`, at: `/questions/${index}/answers` });
      return;
    }
    const question = byId.get(id);
    if (question === undefined || done.has(id)) return;
    for (const next of nextOf(question)) visit(next, [...path, id]);
    done.add(id);
  };
  visit(tree.start, []);
  if (!byId.has(tree.start)) return;
  for (const [index, question] of tree.questions.entries())
    if (!done.has(question.id))
      faults.push({ detail: `no answer leads to ${question.id}: it cannot be reached`, at: `/questions/${index}` });
  const led = new Set(
    tree.questions
      .filter((question) => done.has(question.id))
      .flatMap((question) => CHOICES.map((choice) => question.answers[choice].pattern)),
  );
  for (const [index, outcome] of tree.outcomes.entries())
    if (!led.has(outcome.pattern))
      faults.push({ detail: `no answer leads to ${outcome.pattern}: it cannot be reached`, at: `/outcomes/${index}` });
};

const checkPatterns = (tree: Tree, patterns: readonly string[] | undefined, faults: Fault[]): void => {
  const listed = new Set(tree.outcomes.map((outcome) => outcome.pattern));
  if (patterns !== undefined)
    for (const [index, { pattern }] of tree.outcomes.entries())
      if (!patterns.includes(pattern))
        faults.push({
          detail: `there is no pattern ${pattern}; the patterns are ${patterns.join(', ')}`,
          at: `/outcomes/${index}/pattern`,
        });
  for (const [index, rule] of tree.warnings.entries()) {
    if (rule.pattern !== undefined && !listed.has(rule.pattern))
      faults.push({ detail: `${rule.pattern} is not listed under outcomes`, at: `/warnings/${index}/pattern` });
    for (const [place, pattern] of (rule.when.outcome ?? []).entries())
      if (!listed.has(pattern))
        faults.push({
          detail: `${pattern} is not listed under outcomes`,
          at: `/warnings/${index}/when/outcome/${place}`,
        });
  }
};

/**
 * Checks any tree: its shape, then the graph (total, no dead end, nothing unreachable, no cycle, no unknown pattern).
 * `patterns` are the ids that outcomes may have; without it the outcomes are the file's own affair. Never throws.
 */
export const checkTree = (data: unknown, patterns?: readonly string[]): Checked => {
  const faults: Fault[] = [];
  const tree = treeShape(data, '', faults);
  if (tree === undefined) return { faults };
  checkTransitions(tree, faults);
  checkReach(tree, faults);
  checkPatterns(tree, patterns, faults);
  return faults.length === 0 ? { tree, faults } : { faults };
};
