import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { isMllp, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import { FORMATS, type Format, printReports } from '../../sandbox/conformance/print.ts';
import { checkProfile, EMPTY_PROFILE, type Profile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { runConformance } from '../../sandbox/conformance/run.ts';
import { UnreachableError, UsageError } from '../../sandbox/conformance/run-errors.ts';

import { ProblemError } from '../../sandbox/problem.ts';
import { openCatalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import { judgeInSandbox, placeOf } from './judged-sandbox.ts';
import { version } from './version.ts';

interface Options {
  readonly pattern?: string;
  readonly target?: string;
  readonly profile?: string;
  readonly dialect?: string;
  readonly consentToWrite?: true;
  readonly allowLive?: true;
  readonly sandbox?: string;
  readonly key?: string;
  readonly participant?: string;
  readonly after?: string;
  readonly until?: string;
  readonly url: string;
  readonly format: Format;
  readonly output?: string;
  readonly minLevel: Level;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readProfile = async (path: string | undefined): Promise<Profile> => {
  if (path === undefined) return EMPTY_PROFILE;
  try {
    return checkProfile(await withKeyFile(parse(await readFile(path, 'utf8')), path));
  } catch (error) {
    throw new UsageError(`The profile ${path} cannot be used. ${reasonOf(error)}`);
  }
};

/** `credentials.client.privateKeyFile`, beside the profile, in place of the key itself: only whoever has the file names it. */
const withKeyFile = async (profile: unknown, path: string): Promise<unknown> => {
  const client: { privateKeyFile?: unknown } | undefined = Object(Object(profile).credentials).client;
  if (typeof client?.privateKeyFile !== 'string') return profile;
  const { privateKeyFile, ...rest } = client;
  const privateKey = await readFile(resolve(dirname(path), privateKeyFile), 'utf8');
  const { credentials } = Object(profile);
  return { ...Object(profile), credentials: { ...credentials, client: { ...rest, privateKey } } };
};

/** A report that cannot be written is not a target that failed: it must not end with that exit code. */
const write = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`The report cannot be written to ${path}. ${reasonOf(error)}`);
  }
};

const ofTarget = ['pattern', 'target', 'profile', 'dialect', 'consentToWrite', 'allowLive'] as const;
const ofSandbox = ['sandbox', 'participant', 'after', 'until'] as const;
const flag = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const driven = async (options: Options): Promise<Report> => {
  const { pattern, target } = options;
  if (pattern === undefined || target === undefined)
    throw new UsageError('Say what to judge: --pattern and --target drive a system, --sandbox reads what one did');
  const catalogue = await openCatalogue();
  const given = await readProfile(options.profile);
  const profile = options.consentToWrite === true ? checkProfile({ ...given, consentToWrite: true }) : given;
  const known = (await catalogue.dialects(pattern)).map(({ id }) => id);
  const dialect = options.dialect ?? profile.dialect ?? known[0];
  if (known.length === 0) throw new UsageError(`${pattern} has no checks yet`);
  if (dialect === undefined || !known.includes(dialect))
    throw new UsageError(`${pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`);
  const run = {
    pattern,
    dialect,
    target,
    profile,
    minLevel: options.minLevel,
    allowLive: options.allowLive ?? false,
    version: version(),
  };
  return isMllp(target) ? runHl7Conformance(run) : runConformance(await loadConformance(catalogue, pattern), run);
};

const read = async (sandbox: string, options: Options): Promise<Report> => {
  const foreign = ofTarget.filter((name) => options[name] !== undefined);
  if (foreign.length > 0)
    throw new UsageError(`${foreign.map(flag).join(', ')} cannot be given with --sandbox, which knows that itself`);
  const place = placeOf(sandbox, options.url.replace(/\/+$/, ''));
  const key = place.key ?? options.key;
  if (key === undefined)
    throw new UsageError('Give the key that came with the sandbox: --key, or FINGERPOST_KEY, or its link with the key');
  const { participant, after, until, minLevel } = options;
  return judgeInSandbox(place, key, { participant, after, until, minLevel });
};

const conform = async (options: Options): Promise<number> => {
  const foreign = options.sandbox === undefined ? ofSandbox.filter((name) => options[name] !== undefined) : [];
  if (foreign.length > 0) throw new UsageError(`${foreign.map(flag).join(', ')} needs --sandbox`);
  const report = options.sandbox === undefined ? await driven(options) : await read(options.sandbox, options);
  const text = printReports([report], options.format);
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
    .summary('judge whether a system plays its part')
    .description(
      'Drives a system with the requests of a pattern and judges what it answers (--pattern, --target); or judges a system by what it did in a sandbox of a running service (--sandbox).\nExit codes: 0 passed, 1 failed, 2 usage, 3 target unreachable, 4 nothing could be judged.',
    )
    .option('--pattern <id>', 'the pattern, by its id: "fingerpost patterns" lists them')
    .option('--target <url>', 'base URL of the system, before /Patient; mllp://host:port for HL7 v2')
    .option(
      '--profile <file>',
      'YAML or JSON: dialect, headers, credentials, ids, slots, consentToWrite, limit, timeout, listen',
    )
    .option('--dialect <id>', 'how the API speaks the pattern; overrides the profile')
    .option('--consent-to-write', 'let the checks create, change and book; without it only reading is judged')
    .option('--allow-live', 'let a live NHS host be driven')
    .option('--sandbox <id or address>', 'judge what an external system did in this sandbox')
    .addOption(new Option('--key <key>', 'the key that came with the sandbox').env('FINGERPOST_KEY'))
    .option('--participant <name>', 'whose seat the system has, where several are taken')
    .option('--after <cursor>', 'only what the journal has after this cursor')
    .option('--until <cursor>', 'only what the journal has up to this cursor')
    .addOption(
      new Option('--url <url>', 'address of the service, where --sandbox is an id')
        .env('FINGERPOST_URL')
        .default('http://127.0.0.1:8080'),
    )
    .addOption(new Option('--format <format>', 'what to print').choices(FORMATS).default('table'))
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
