import { readFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { junit } from '../../sandbox/conformance/junit.ts';
import { checkProfile, EMPTY_PROFILE, type Profile, parseProfile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { runConformance, UsageError } from '../../sandbox/conformance/run.ts';
import { UnreachableError } from '../../sandbox/conformance/session.ts';
import { table } from '../../sandbox/conformance/table.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { openCatalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import { version } from './version.ts';

interface Options {
  readonly pattern: string;
  readonly target: string;
  readonly profile?: string;
  readonly dialect?: string;
  readonly format: 'table' | 'json' | 'junit';
  readonly output?: string;
  readonly minLevel: Level;
  readonly consentToWrite?: true;
  readonly allowLive?: true;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readProfile = async (path: string | undefined): Promise<Profile> => {
  if (path === undefined) return EMPTY_PROFILE;
  try {
    return parseProfile(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`The profile ${path} cannot be used. ${reasonOf(error)}`);
  }
};

/** A report that cannot be written is not a target that failed: it must not end with that exit code. */
const write = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`The report cannot be written to ${path}. ${reasonOf(error)}`);
  }
};

const print = (report: Report, format: Options['format']): string => {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'junit') return junit(report);
  return table(report, {
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    width: process.stdout.columns ?? 100,
  });
};

const conform = async (options: Options): Promise<number> => {
  const catalogue = await openCatalogue();
  const given = await readProfile(options.profile);
  const profile = options.consentToWrite === true ? checkProfile({ ...given, consentToWrite: true }) : given;
  const known = (await catalogue.dialects(options.pattern)).map(({ id }) => id);
  const dialect = options.dialect ?? profile.dialect ?? known[0];
  if (known.length === 0) throw new UsageError(`${options.pattern} has no checks yet`);
  if (dialect === undefined || !known.includes(dialect))
    throw new UsageError(`${options.pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`);
  const report = await runConformance(await loadConformance(catalogue, options.pattern), {
    pattern: options.pattern,
    dialect,
    target: options.target,
    profile,
    minLevel: options.minLevel,
    allowLive: options.allowLive ?? false,
    version: version(),
  });
  const text = print(report, options.format);
  if (options.output === undefined) process.stdout.write(text);
  else await write(options.output, text);
  return report.exitCode;
};

/** 2 for what was asked wrongly, 3 for a target that cannot be reached; anything else is a fault of ours and is thrown. */
const exitCodeOf = (error: unknown): number => {
  if (error instanceof UnreachableError) return 3;
  if (error instanceof UsageError || error instanceof ProblemError) return 2;
  throw error;
};

export const register = (program: Command): void => {
  program
    .command('conform')
    .summary('drive a system and judge whether it plays its part')
    .description(
      'Drives a responder with the requests of a pattern and judges what it answers.\nExit codes: 0 passed, 1 failed, 2 usage, 3 target unreachable, 4 nothing could be judged.',
    )
    .requiredOption('--pattern <id>', 'the pattern: synchronous-request-response')
    .requiredOption('--target <url>', 'base URL of the system, before /Patient')
    .option(
      '--profile <file>',
      'YAML or JSON: dialect, headers, credentials, ids, slots, consentToWrite, limit, timeout',
    )
    .option('--dialect <id>', 'how the API speaks the pattern; overrides the profile')
    .option('--consent-to-write', 'let the checks create, change and book; without it only reading is judged')
    .option('--allow-live', 'let a live NHS host be driven')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json', 'junit']).default('table'))
    .addOption(
      new Option('--min-level <level>', 'fail only on requirements of at least this level')
        .choices(['SHALL', 'SHOULD'])
        .default('SHOULD'),
    )
    .option('--output <file>', 'write the report there instead of to standard output')
    .action(async (options: Options) => {
      try {
        process.exitCode = await conform(options);
      } catch (error) {
        process.exitCode = exitCodeOf(error);
        console.error(reasonOf(error));
      }
    });
};
