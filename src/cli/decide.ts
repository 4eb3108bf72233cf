import type { Command } from 'commander';
import { BAD_REQUEST, ProblemError, problem } from '../../sandbox/problem.ts';
import { decide } from '../decisions/decide.ts';
import type { Decision, DecisionRequest } from '../decisions/decision.ts';
import { toMarkdown } from '../decisions/markdown.ts';
import { parseAnswers } from '../guide/answers-text.ts';
import { evaluate } from '../guide/engine.ts';
import type { Answer } from '../guide/evaluation.ts';
import { optionsOf } from '../guide/options.ts';
import type { Context, Tree } from '../guide/tree.ts';
import { prune } from '../guide/walk.ts';
import { evaluationText } from './evaluation-text.ts';
import { openTree, orUsageError, patternFacts } from './guide-source.ts';
import { interview, openTerminal } from './interview.ts';
import { paragraph } from './paragraph.ts';
import { adminKey, call, serviceUrl } from './service-call.ts';

interface DecideOptions {
  readonly answers?: string;
  readonly purpose?: 'direct-care' | 'secondary-use';
  readonly providerAlwaysAvailable?: boolean;
  readonly quickResponse?: boolean;
  readonly humanStep?: boolean;
  readonly batch?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly title?: string;
  readonly solution?: string;
  readonly decidedBy?: string;
  readonly tree?: string;
  readonly record?: true;
  readonly url: string;
  readonly key?: string;
}

const contextOf = (options: DecideOptions): Context => {
  const { purpose, providerAlwaysAvailable, quickResponse, humanStep, batch } = options;
  const given = Object.entries({ purpose, providerAlwaysAvailable, quickResponse, humanStep, batch });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
};

const ask = async (tree: Tree, options: DecideOptions): Promise<Readonly<Record<string, Answer>>> => {
  const plain = options.json !== true && options.markdown !== true;
  const terminal = openTerminal(plain ? process.stdout : process.stderr);
  try {
    const { edition, scope } = tree;
    terminal.write(`${tree.title}\n${[edition.title, edition.chapter, edition.edited].filter(Boolean).join(', ')}\n`);
    if (scope !== undefined) terminal.write(`${paragraph(scope.text)}\n`);
    const answers = await interview(tree, terminal);
    if (typeof answers === 'string') throw problem(BAD_REQUEST, `the answers ended before ${answers} was answered`);
    return Object.fromEntries(answers);
  } finally {
    terminal.close();
  }
};

/** The ADR of a decision that nobody has recorded: `proposed`, of today. */
const draft = async (tree: Tree, answers: DecisionRequest['answers'], options: DecideOptions): Promise<string> => {
  const guide = {
    edition: tree.edition,
    evaluate: (given: unknown, context: Context) => evaluate(tree, given, context),
    options: (given: unknown) => optionsOf(tree, given),
  };
  const body = decide(guide, {
    title: options.title ?? 'Integration pattern',
    status: 'proposed',
    answers,
    context: contextOf(options),
    ...(options.solution === undefined ? {} : { solution: options.solution }),
    ...(options.decidedBy === undefined ? {} : { decidedBy: options.decidedBy }),
  });
  return toMarkdown({ ...body, recordedAt: new Date().toISOString() }, await patternFacts());
};

/** What the service does not do, or that there is none, is no mistake of the command: exit code 1. */
const orFailed = async (doing: () => Promise<void>): Promise<void> => {
  try {
    await doing();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
};

/** Records it in a running service, which says what it has become; what may come next is told. */
const record = async (answers: DecisionRequest['answers'], options: DecideOptions): Promise<void> => {
  const { title, solution, decidedBy, url, key } = options;
  if (title === undefined) throw problem(BAD_REQUEST, 'a decision that is recorded needs a --title');
  const request = { title, solution, decidedBy, status: 'accepted', answers, context: contextOf(options) };
  const where = { url, ...(key === undefined ? {} : { key }) };
  // As openapi/service.yaml has it.
  const made = (await call(where, 'POST', '/api/decisions', request)) as Decision;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    return;
  }
  const { id, outcome } = made;
  process.stdout.write(
    `${outcome.title}. Recorded as ${new URL(`/decisions/${id}`, url).href}\n` +
      `To take it away as a project: fingerpost scaffold ${outcome.pattern} --decision ${id} --dir …\n`,
  );
};

const run = async (options: DecideOptions): Promise<void> => {
  const tree = await openTree(options.tree);
  const given = options.answers === undefined ? await ask(tree, options) : parseAnswers(options.answers);
  const evaluation = evaluate(tree, given, contextOf(options));
  if (options.record === true) await orFailed(() => record(prune(tree, given), options));
  else if (options.markdown === true) process.stdout.write(await draft(tree, prune(tree, given), options));
  else if (options.json === true) process.stdout.write(`${JSON.stringify(evaluation, null, 2)}\n`);
  else process.stdout.write(evaluationText(evaluation));
};

export const register = (program: Command): void => {
  const command = program
    .command('decide')
    .summary('answer the questions of the guide and see which pattern they lead to')
    .description('Answer the questions of the guide, here or by --answers, and see which pattern they lead to')
    .option('--answers <list>', 'answers instead of asking: Q1=yes,Q2=no,Q4=unsure')
    .option('--secondary-use', 'it does not serve direct care')
    .option('--no-provider-always-available', 'the provider is not always there to answer')
    .option('--no-quick-response', 'a request cannot be answered quickly')
    .option('--human-step', 'a person has to act before the request is really done')
    .option('--batch', 'a batch interface is intended')
    .option('--json', 'print the evaluation as the API gives it')
    .option('--markdown', 'print an architecture decision record (MADR)')
    .option('--title <text>', 'its title')
    .option('--solution <text>', 'the solution it belongs to')
    .option('--decided-by <text>', 'who decided')
    .option('--tree <file>', 'another decision tree')
    .option('--record', 'record it in a running service, as accepted; prints its address, or with --json all of it')
    .addOption(serviceUrl())
    .addOption(adminKey());
  command.action(async (given: DecideOptions & { secondaryUse?: boolean }) => {
    const { secondaryUse, providerAlwaysAvailable, quickResponse, ...rest } = given;
    await orUsageError(command, () =>
      run({
        ...rest,
        ...(secondaryUse === true ? { purpose: 'secondary-use' } : {}),
        // commander presets `--no-…` options to true; only what was said is a circumstance.
        ...(providerAlwaysAvailable === false ? { providerAlwaysAvailable } : {}),
        ...(quickResponse === false ? { quickResponse } : {}),
      }),
    );
  });
};
