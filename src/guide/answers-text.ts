import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';

/**
 * `Q1=yes,Q2=no` as answers, for the command line and query strings. Throws BAD_REQUEST for what is not of this form and
 * for a question answered twice; whether the answers fit a tree is for `evaluate` to say.
 */
export const parseAnswers = (text: string): Readonly<Record<string, string>> => {
  const answers = new Map<string, string>();
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [, id, answer] = /^([^=\s]+)\s*=\s*([^=\s]+)$/.exec(part) ?? [];
    if (id === undefined || answer === undefined)
      throw problem(BAD_REQUEST, `${JSON.stringify(part)} is not of the form Q1=yes`, { at: 'answers' });
    if (answers.has(id)) throw problem(BAD_REQUEST, `${id} is answered twice`, { at: 'answers' });
    answers.set(id, answer);
  }
  return Object.fromEntries(answers);
};
