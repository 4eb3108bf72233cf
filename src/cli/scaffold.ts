import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { factsFor } from '../api/scaffold-facts.ts';
import { openCatalogue } from '../catalogue.ts';
import type { Decision } from '../decisions/decision.ts';
import { toSection } from '../decisions/markdown.ts';
import { type Ask, CHECK } from '../scaffold/ask.ts';
import { type EngineKind, engineFor, engineNames } from '../scaffold/engines.ts';
import { makeProject } from '../scaffold/project.ts';
import { Occupied, writeProject } from '../scaffold/write.ts';
import { orUsageError, patternFacts } from './guide-source.ts';

interface Options {
  readonly decision?: string;
  readonly broker?: string;
  readonly store?: string;
  readonly dialect?: string;
  readonly dir: string;
  readonly dryRun?: true;
  readonly url: string;
}

/** The record of a decision, from the service that keeps it. */
const decisionOf = async (
  command: Command,
  url: string,
  id: string,
  pattern: string,
): Promise<NonNullable<Ask['decision']>> => {
  if (!/^https?:/.test(URL.parse(url)?.protocol ?? ''))
    command.error(`error: ${url} is no address of a service: an http or https URL`, { exitCode: 2 });
  const at = new URL(`/api/decisions/${encodeURIComponent(id)}`, url);
  const response = await fetch(at).catch((error: unknown) =>
    command.error(`error: No Fingerpost answers at ${url} (${String(error)}); it keeps the decisions`, { exitCode: 2 }),
  );
  if (!response.ok) command.error(`error: ${at.pathname} was answered ${response.status}`, { exitCode: 2 });
  // As the contract has it.
  const decision = (await response.json()) as Decision;
  const { answers, outcome } = decision;
  if (outcome.pattern !== pattern)
    command.error(`error: the decision leads to ${outcome.pattern}, which ${pattern} is not`, { exitCode: 2 });
  return { id, answers, markdown: toSection(decision, await patternFacts(), CHECK) };
};

/** Each folder with how many files it has, and the files at the top. */
const tree = (files: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const file of files) {
    const parts = file.split('/');
    const key = parts.length === 1 ? file : `${parts.slice(0, Math.min(2, parts.length - 1)).join('/')}/`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const line = ([name, count]: [string, number]): string => (name.endsWith('/') ? `${name}  ${count} files` : name);
  return `${[...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(line)
    .join('\n')}\n${files.length} files\n`;
};

const ROOT = new URL('../../', import.meta.url);

/** What there are drivers for, by their files. */
const engineOption = (kind: EngineKind, what: string): Option =>
  new Option(`--${kind} <driver>`, what).choices([...engineNames(ROOT, kind)]);

const leftOver = (removed: readonly string[], kept: readonly string[]): string => {
  const gone =
    removed.length === 0 ? '' : `${removed.length} files of before taken away, which are no longer part of it\n`;
  const changed = kept.map((file) => `  ${file}\n`).join('');
  return kept.length === 0 ? gone : `${gone}no longer part of it, and kept, for somebody changed them:\n${changed}`;
};

export const register = (program: Command): void => {
  const command = program
    .command('scaffold <pattern>')
    .summary('take a pattern away as a project')
    .description(
      'Write a project that runs a pattern: the same files that run here, with what they import and nothing else',
    )
    .option('--decision <id>', 'a recorded decision: it goes into the README')
    .addOption(engineOption('broker', 'what carries its messages; its own process, as a rule'))
    .addOption(engineOption('store', 'what keeps its data; a file, as a rule'))
    .option('--dialect <id>', 'speak this dialect alone: what is of others does not come along')
    .option('--dir <folder>', 'where it goes; made where it is not there', '.')
    .option('--dry-run', 'print what would be written, and write nothing')
    .addOption(
      new Option('--url <url>', 'the service that keeps the decision')
        .env('FINGERPOST_URL')
        .default('http://127.0.0.1:8080'),
    );
  command.action(async (pattern: string, options: Options) => {
    await orUsageError(command, async () => {
      const { decision: id, dialect, dir, dryRun, url } = options;
      const catalogue = await openCatalogue();
      const facts = await factsFor(catalogue, pattern, dialect);
      const decision = id === undefined ? {} : { decision: await decisionOf(command, url, id, pattern) };
      const broker = engineFor(catalogue.root, 'broker', options.broker);
      const store = engineFor(catalogue.root, 'store', options.store);
      const ask: Ask = { pattern, broker, store, ...(dialect === undefined ? {} : { dialect }), ...decision };
      const project = await makeProject(catalogue.root, ask, facts);
      if (dryRun === true) {
        process.stdout.write(tree([...project.keys()]));
        return;
      }
      try {
        const { removed, kept } = writeProject(project, resolve(dir));
        process.stdout.write(
          `${project.size} files written to ${resolve(dir)}\n${leftOver(removed, kept)}npm ci && npm start\n`,
        );
      } catch (error) {
        // A folder that nobody may write to, or a file in the place of one.
        if (error instanceof Error && 'code' in error && 'syscall' in error) {
          console.error(`error: ${resolve(dir)} cannot be written: ${error.message}`);
          process.exitCode = 1;
          return;
        }
        if (!(error instanceof Occupied)) throw error;
        const shown = error.files.slice(0, 20).map((file) => `  ${file}`);
        console.error(
          `error: nothing was written, for these files are not as this program wrote them:\n${shown.join('\n')}`,
        );
        process.exitCode = 1;
      }
    });
  });
};
