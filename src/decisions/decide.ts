import { BAD_REQUEST, type Fault, problem } from '../../sandbox/problem.ts';
import type { DecisionBody, DecisionGuide, DecisionRequest, Evaluation } from './decision.ts';

const pointer = (...keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** NUL is refused by PostgreSQL (rules 1), and half a surrogate pair is no character at all. */
const storable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const checkTexts = (request: DecisionRequest): Fault[] => {
  const { title, solution, supersedes, decidedBy, reasons = {} } = request;
  const texts: [string, string | undefined][] = [
    [pointer('title'), title],
    [pointer('solution'), solution],
    [pointer('supersedes'), supersedes],
    [pointer('decidedBy'), decidedBy],
    ...Object.entries(reasons).map(([id, text]): [string, string] => [pointer('reasons', id), text]),
  ];
  const faults = texts.flatMap(([at, text]): Fault[] =>
    text === undefined || storable(text) ? [] : [{ detail: 'the text holds characters that cannot be stored', at }],
  );
  if (title.trim() === '') faults.push({ detail: 'a decision needs a title', at: pointer('title') });
  return faults;
};

/** A decision needs one outcome: every question that still stands in its way is named. */
const openQuestions = ({ route, question, outcome }: Evaluation): Fault[] => {
  if (outcome !== undefined) return [];
  const unsure = route
    .filter((step) => step.answer === 'unsure')
    .map((step) => ({
      detail: `${step.question} is open: it is answered unsure, and a decision needs yes or no`,
      at: pointer('answers', step.question),
    }));
  if (question === undefined) return unsure;
  return [...unsure, { detail: `${question.id} is open: it has no answer yet`, at: pointer('answers', question.id) }];
};

/**
 * What a request decides. Answers and reasons come in the order of the route, so that the same decision is the same text
 * however it was sent. Throws BAD_REQUEST naming the open questions, and reasons for questions that were not asked.
 */
export const decide = (guide: DecisionGuide, request: DecisionRequest): DecisionBody => {
  const { title, solution, status, supersedes, answers, context, reasons = {}, decidedBy } = request;
  const evaluation = guide.evaluate(answers, context ?? {});
  const { route, outcome, warnings, alternatives = [] } = evaluation;
  const asked = new Set(route.map((step) => step.question));
  const faults = [
    ...checkTexts(request),
    ...openQuestions(evaluation),
    ...Object.keys(reasons)
      .filter((id) => !asked.has(id))
      .map((id) => ({ detail: 'this question is not on the route', at: pointer('reasons', id) })),
  ];
  if (faults.length > 0 || outcome === undefined) throw problem(BAD_REQUEST, faults);
  const given = route.flatMap(({ question }): [string, string][] => {
    const reason = Object.hasOwn(reasons, question) ? reasons[question]?.trim() : undefined;
    return reason === undefined || reason === '' ? [] : [[question, reason]];
  });
  const circumstances = Object.entries(context ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    title: title.trim(),
    ...(solution === undefined || solution.trim() === '' ? {} : { solution: solution.trim() }),
    status,
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(decidedBy === undefined || decidedBy.trim() === '' ? {} : { decidedBy: decidedBy.trim() }),
    answers: Object.fromEntries(route.map((step) => [step.question, step.answer])),
    ...(circumstances.length === 0 ? {} : { context: Object.fromEntries(circumstances) }),
    ...(given.length === 0 ? {} : { reasons: Object.fromEntries(given) }),
    route,
    outcome,
    warnings,
    alternatives,
    options: guide.options(answers),
    edition: guide.edition,
  };
};
