import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS, type Format, printReports } from '../../sandbox/conformance/print.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import {
  checkReportFiles,
  checkWritable,
  writeReport,
  writeReportFiles,
} from '../../sandbox/conformance/report-files.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { UnreachableError, UsageError } from '../../sandbox/conformance/run-errors.ts';
import { readWaivers } from '../../sandbox/conformance/waivers-file.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { type DrivenOptions, judgeDriven } from './driven-system.ts';
import { judgeInSandbox, placeOf } from './judged-sandbox.ts';

interface Options extends DrivenOptions {
  readonly sandbox?: string;
  readonly key?: string;
  readonly participant?: string;
  readonly after?: string;
  readonly until?: string;
  readonly url: string;
  readonly format: Format;
  readonly output?: string;
  readonly report?: readonly string[];
  readonly minLevel: Level;
  readonly waivers?: string;
}

/** As a shell has it for what an interrupt ended. */
const INTERRUPTED = 130;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const ofTarget = [
  ...(['pattern', 'target', 'profile', 'dialect', 'consentToWrite', 'allowLive'] as const),
  ...(['maxRequests', 'maxTime', 'start', 'waitOn', 'waitFor'] as const),
];
const ofSandbox = ['sandbox', 'participant', 'after', 'until'] as const;
const flag = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    return value;
  };

const duration = (text: string): number => {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(reasonOf(error));
  }
};

const read = async (sandbox: string, options: Options, signal: AbortSignal): Promise<Report> => {
  const foreign = ofTarget.filter((name) => options[name] !== undefined);
  if (foreign.length > 0)
    throw new UsageError(`${foreign.map(flag).join(', ')} cannot be given with --sandbox, which knows that itself`);
  const place = placeOf(sandbox, options.url.replace(/\/+$/, ''));
  const key = place.key ?? options.key;
  if (key === undefined)
    throw new UsageError('Give the key that came with the sandbox: --key, or FINGERPOST_KEY, or its link with the key');
  const { participant, after, until, minLevel, minIndex } = options;
  const waivers = await readWaivers(options.waivers);
  return judgeInSandbox(place, key, { participant, after, until, minLevel, minIndex, waivers }, signal);
};

const conform = async (options: Options, signal: AbortSignal): Promise<number> => {
  const foreign = options.sandbox === undefined ? ofSandbox.filter((name) => options[name] !== undefined) : [];
  if (foreign.length > 0) throw new UsageError(`${foreign.map(flag).join(', ')} needs --sandbox`);
  const { report: files = [] } = options;
  checkReportFiles(files);
  await checkWritable(options.output === undefined ? files : [...files, options.output]);
  const report =
    options.sandbox === undefined
      ? await judgeDriven(options, await readWaivers(options.waivers), signal)
      : await read(options.sandbox, options, signal);
  const text = printReports([report], options.format);
  if (options.output === undefined) process.stdout.write(text);
  else await writeReport(options.output, text);
  await writeReportFiles(files, [report]);
  return report.exitCode;
};

/** 2 for what was asked wrongly, 3 for a target that cannot be reached; anything else is a fault of ours and is thrown. */
const exitCodeOf = (error: unknown): number => {
  if (error instanceof UnreachableError) return 3;
  if (error instanceof UsageError || error instanceof ProblemError) return 2;
  throw error;
};

/** A terminal's Ctrl-C comes twice where start.mjs hands it on: that is one. */
const SAME_SIGNAL = 500;

/** Ends the run at the first signal, in order; what was started is ended with it. A second one is not waited for. */
const untilSignalled = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const asked = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let first = 0;
  const end = (): void => {
    if (asked.signal.aborted && performance.now() - first > SAME_SIGNAL) process.exit(INTERRUPTED);
    first ||= performance.now();
    asked.abort();
  };
  for (const name of names) process.on(name, end);
  try {
    return await work(asked.signal);
  } catch (error) {
    if (!asked.signal.aborted) throw error;
    console.error('The run was cancelled: there is no report.');
    return INTERRUPTED;
  } finally {
    for (const name of names) process.off(name, end);
  }
};

export const register = (program: Command): void => {
  program
    .command('conform')
    .summary('judge whether a system plays its part')
    .description(
      'Drives a system with the requests of a pattern and judges what it answers (--pattern, --target); or judges a system by what it did in a sandbox of a running service (--sandbox).\nExit codes: 0 passed, 1 failed, 2 usage, 3 target unreachable, 4 nothing could be judged, 130 cancelled.',
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
    .option('--start <command>', 'start the system by this shell command, and stop it with all that it started')
    .option('--wait-on <url>', 'what answers once the started system is ready; the target, unless told')
    .option('--wait-for <duration>', 'how long to wait for that (PT1M)', duration)
    .option('--max-requests <n>', 'end after so many requests, and judge what was seen (1000)', whole(1, 100_000))
    .option('--max-time <duration>', 'begin nothing more after that time, and judge what was seen (PT10M)', duration)
    .option('--progress', 'say how far it is also where standard error is no terminal')
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
    .option('--min-index <percent>', 'fail where less than that of what is asked could be judged', whole(0, 100))
    .option('--waivers <file>', 'YAML or JSON: failures that may stand for now, each with a reason and an expiry')
    .option('--output <file>', 'write the report there instead of to standard output')
    .option('--report <file...>', 'write it there too, as the name ends: .html, .json, .xml (JUnit), .zip (evidence)')
    .action(async (options: Options) => {
      try {
        process.exitCode = await untilSignalled((signal) => conform(options, signal));
      } catch (error) {
        process.exitCode = exitCodeOf(error);
        console.error(reasonOf(error));
      }
    });
};
