import { type Command, Option } from 'commander';
import { parseAnswers } from '../guide/answers-text.ts';
import { drawMermaid } from '../guide/draw-mermaid.ts';
import { drawSvg } from '../guide/draw-svg.ts';
import { openTree, orUsageError } from './guide-source.ts';

interface DrawOptions {
  readonly format: 'mermaid' | 'svg';
  readonly answers?: string;
  readonly tree?: string;
}

export const register = (program: Command): void => {
  const command = program
    .command('draw')
    .summary('check a decision tree and draw it')
    .description('Check a decision tree and draw it')
    .addOption(new Option('--format <format>', 'what to draw').choices(['mermaid', 'svg']).default('mermaid'))
    .option('--answers <list>', 'the route to highlight: Q1=yes,Q2=no')
    .option('--tree <file>', 'another decision tree');
  command.action(async ({ format, answers = '', tree: file }: DrawOptions) => {
    await orUsageError(command, async () => {
      const tree = await openTree(file);
      const draw = format === 'svg' ? drawSvg : drawMermaid;
      process.stdout.write(draw(tree, parseAnswers(answers)));
    });
  });
};
