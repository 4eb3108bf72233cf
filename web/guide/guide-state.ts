import type { Answer, Answers, Context, Guide } from '../data/api-types.ts';

/** All that the guide's pages know, as it stands in the query string. */
export interface GuideState {
  /** By question id. Values that are no answer are kept as they came, so that the service can say what is wrong. */
  readonly answers: Readonly<Record<string, string>>;
  readonly context: Context;
  readonly reasons: Readonly<Record<string, string>>;
  /** The question to show again although it has been answered. */
  readonly at?: string;
}

const CONTEXT_FLAGS: Readonly<Record<string, Exclude<keyof Context, 'purpose'>>> = {
  available: 'providerAlwaysAvailable',
  batch: 'batch',
  human: 'humanStep',
  quick: 'quickResponse',
};
const WHY = '.why';

export const isAnswer = (value: string): value is Answer => value === 'yes' || value === 'no' || value === 'unsure';

export const readState = (search: URLSearchParams): GuideState => {
  const answers: Record<string, string> = {};
  const reasons: Record<string, string> = {};
  let context: Context = {};
  let at: string | undefined;
  for (const [name, value] of search) {
    const flag = CONTEXT_FLAGS[name];
    if (name === 'at') at = value;
    else if (name === 'purpose' && (value === 'direct-care' || value === 'secondary-use')) {
      context = { ...context, purpose: value };
    } else if (flag !== undefined && (value === 'yes' || value === 'no')) {
      context = { ...context, [flag]: value === 'yes' };
    } else if (name.endsWith(WHY)) reasons[name.slice(0, -WHY.length)] = value;
    else answers[name] = value;
  }
  return at === undefined ? { answers, context, reasons } : { answers, context, reasons, at };
};

/** The query string, with its names sorted, so that equal states have equal URLs; empty or with its question mark. */
export const writeState = (state: Partial<GuideState>): string => {
  const pairs: [string, string][] = Object.entries(state.answers ?? {});
  for (const [question, why] of Object.entries(state.reasons ?? {})) {
    if (why.trim() !== '') pairs.push([`${question}${WHY}`, why]);
  }
  for (const [name, flag] of Object.entries(CONTEXT_FLAGS)) {
    const value = state.context?.[flag];
    if (value !== undefined) pairs.push([name, value ? 'yes' : 'no']);
  }
  if (state.context?.purpose !== undefined) pairs.push(['purpose', state.context.purpose]);
  if (state.at !== undefined) pairs.push(['at', state.at]);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
};

/** The questions that the answers lead through, and the first one still open, in the tree's order. */
export const reachable = (guide: Guide, answers: Readonly<Record<string, string>>): ReadonlySet<string> => {
  const questions = new Map(guide.questions.map((question) => [question.id, question]));
  const found = new Set<string>();
  const visit = (id: string | undefined): void => {
    const question = id === undefined ? undefined : questions.get(id);
    if (question === undefined || found.has(question.id)) return;
    found.add(question.id);
    const answer = answers[question.id];
    if (answer === 'yes' || answer === 'unsure') visit(question.answers.yes?.question);
    if (answer === 'no' || answer === 'unsure') visit(question.answers.no?.question);
  };
  visit(guide.start);
  return found;
};

const only = (record: Readonly<Record<string, string>>, keep: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => keep.has(name)));

/** The state after a question was answered: what is no longer on the route is dropped. */
export const withAnswer = (guide: Guide, state: GuideState, question: string, answer: Answer): GuideState => {
  const answers = { ...state.answers, [question]: answer };
  const keep = reachable(guide, answers);
  return { answers: only(answers, keep), context: state.context, reasons: only(state.reasons, keep) };
};

/** For drawings, which only understand answers. */
export const knownAnswers = (answers: Readonly<Record<string, string>>): Answers => {
  const known: Record<string, Answer> = {};
  for (const [question, answer] of Object.entries(answers)) if (isAnswer(answer)) known[question] = answer;
  return known;
};
