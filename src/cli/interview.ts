import { createInterface } from 'node:readline';
import { evaluate } from '../guide/engine.ts';
import type { Answer } from '../guide/evaluation.ts';
import type { Tree } from '../guide/tree.ts';
import { questionText } from './evaluation-text.ts';

export interface Terminal {
  /** What is typed or piped in, line by line. */
  readonly lines: AsyncIterator<string>;
  write(text: string): void;
  close(): void;
}

/** Standard input line by line; prompts and questions go to `output`, so that results alone can be piped on. */
export const openTerminal = (output: NodeJS.WriteStream): Terminal => {
  const terminal = process.stdin.isTTY === true;
  const readline = createInterface({ input: process.stdin, ...(terminal ? { output } : {}), terminal });
  return {
    // The iterator keeps the lines that arrive between two questions, as they do from a pipe; `question` loses them.
    lines: readline[Symbol.asyncIterator](),
    write: (text) => output.write(text),
    close: () => readline.close(),
  };
};

const WORDS: Readonly<Record<string, Answer | 'back'>> = {
  '1': 'yes',
  y: 'yes',
  yes: 'yes',
  '2': 'no',
  n: 'no',
  no: 'no',
  '3': 'unsure',
  u: 'unsure',
  unsure: 'unsure',
  b: 'back',
  back: 'back',
};

/**
 * Asks from the start until there is an outcome, or outcomes where an answer is unsure. Returns the answers, or the id of the
 * question at which the input ended.
 */
export const interview = async (
  tree: Tree,
  { lines, write }: Terminal,
): Promise<ReadonlyMap<string, Answer> | string> => {
  const answers = new Map<string, Answer>();
  let shown: string | undefined;
  for (;;) {
    const { question } = evaluate(tree, Object.fromEntries(answers));
    if (question === undefined) return answers;
    if (shown !== question.id) write(questionText(question));
    shown = question.id;
    write(`yes, no, unsure${answers.size === 0 ? '' : ' or back'}? `);
    const { value, done } = await lines.next();
    if (done === true) return question.id;
    const typed = value.trim().toLowerCase();
    const word = Object.hasOwn(WORDS, typed) ? WORDS[typed] : undefined;
    const last = [...answers.keys()].at(-1);
    if (word === undefined) write('Answer with 1 or yes, 2 or no, 3 or unsure, or go back with b.\n');
    else if (word !== 'back') answers.set(question.id, word);
    else if (last === undefined) write('This is the first question.\n');
    else answers.delete(last);
  }
};
