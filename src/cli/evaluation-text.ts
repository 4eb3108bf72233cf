import type { Evaluation, Note, Question } from '../guide/evaluation.ts';
import { describe } from '../guide/wire.ts';
import { paragraph } from './paragraph.ts';

const examples = (label: string, notes: readonly Note[]): string[] =>
  notes.length === 0 ? [] : [label, ...notes.map((note) => paragraph(describe(note), '       - '))];

/** A question as the terminal shows it, with its help and the examples under each answer. */
export const questionText = ({ id, text, help, answers, considerations }: Question): string =>
  [
    '',
    paragraph(text, `${id}  `),
    ...help.map((one) => paragraph(one, '    ')),
    ...considerations.map((one) => paragraph(describe(one), '    * ')),
    '',
    paragraph(answers.yes.label, '  1  '),
    ...examples('     for example', answers.yes.examples),
    paragraph(answers.no.label, '  2  '),
    ...examples('     for example', answers.no.examples),
    '  3  Not sure',
    '',
  ].join('\n');

const bullets = (lines: readonly string[]): string[] => lines.map((line) => paragraph(line, '  - '));

const titled = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', title, ...lines]);

const conclusion = (evaluation: Evaluation): string[] => {
  if (evaluation.question !== undefined) return [questionText(evaluation.question)];
  if (evaluation.outcome !== undefined) {
    const { title, pattern, because } = evaluation.outcome;
    const others = evaluation.alternatives.map(({ change, title: led, question }) => {
      const flipped = Object.entries(change).map(([id, answer]) => `${id} ${answer}`);
      return `${flipped.join()} would lead to ${question === undefined ? led : `${question}: ${led}`}`;
    });
    return [`${title}  (${pattern})`, ...titled('Because', bullets(because)), ...titled('Otherwise', bullets(others))];
  }
  const { outcomes, settle } = evaluation;
  const open = outcomes.flatMap(({ title, pattern, because }) => ['', `${title}  (${pattern})`, ...bullets(because)]);
  const titles = new Map(outcomes.map(({ pattern, title }) => [pattern, title]));
  const named = (patterns: readonly string[]): string => patterns.map((id) => titles.get(id) ?? id).join(', ');
  const settles = settle.map(
    ({ question, text, leads }) => `${question} ${text} Yes leaves ${named(leads.yes)}. No leaves ${named(leads.no)}.`,
  );
  const heading = outcomes.length === 1 ? 'Whatever the answer is, it comes to' : 'Still possible';
  return [heading, ...open, ...titled('What would settle it', bullets(settles))];
};

/** What the answers lead to, for a person at a terminal. */
export const evaluationText = (evaluation: Evaluation): string => {
  const { route, warnings } = evaluation;
  const steps = route.map(({ question, label }) => paragraph(label, `  ${question}  `));
  const warned = warnings.map((warning) => describe(warning));
  return [...titled('Your answers', steps), '', ...conclusion(evaluation), ...titled('Mind', bullets(warned)), ''].join(
    '\n',
  );
};
