import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Environment } from '../config.ts';
import type { LoadedPattern } from '../http/host.ts';
import type { Check } from './check.ts';
import { type Drive, driveAll } from './drive.ts';
import { HELP, type OwnArguments, readArguments } from './own-arguments.ts';
import { judgeOwn, TOOL } from './own-judging.ts';
import type { OwnSeat, OwnSeats } from './own-seats.ts';
import { printReports } from './print.ts';
import { checkProfile, EMPTY_PROFILE, type Profile } from './profile.ts';
import type { Report } from './report.ts';
import { checkWritable, writeReport, writeReportFiles } from './report-files.ts';
import { parseRequirements } from './requirement.ts';
import { type Conformance, type Demands, runConformance } from './run.ts';
import { UnreachableError, UsageError } from './run-errors.ts';
import { sharedChecks } from './shared-checks.ts';
import { sharedJournalChecks } from './shared-journal-checks.ts';
import { sharedRequirements } from './shared-requirements.ts';
import { checkWaivers } from './waivers.ts';
import { readWaivers } from './waivers-file.ts';

export interface OwnConformance extends OwnSeats {
  /** Of the process: STORE_URL and BROKER_URL say on what it is served, in memory where they say nothing. */
  readonly env: Environment;
  readonly pattern: LoadedPattern;
  /** Of the pattern. */
  readonly requirements: URL;
  readonly checks: readonly Check[];
  readonly drives: readonly Drive[];
}

const conformanceOf = async ({ pattern, requirements, checks, drives }: OwnConformance): Promise<Conformance> => ({
  requirements: [
    ...(await sharedRequirements()),
    ...parseRequirements(await readFile(requirements, 'utf8'), 'requirements.yaml'),
  ],
  checks: [...sharedChecks, ...sharedJournalChecks, ...checks],
  drive: driveAll(drives, async () => pattern.manifest.dialects[0]),
});

/** What was asked for and cannot be had is a mistake of who asks, not of the target: exit code 2. */
const orUsage = async <T>(what: string, doing: Promise<T>): Promise<T> => {
  try {
    return await doing;
  } catch (error) {
    throw new UsageError(`${what}. ${error instanceof Error ? error.message : String(error)}`);
  }
};

const profileIn = async (file: string | undefined): Promise<Profile> => {
  if (file === undefined) return EMPTY_PROFILE;
  const read = async () => checkProfile(parse(await readFile(file, 'utf8')));
  return orUsage(`The profile ${file} cannot be used`, read());
};

const requireDialect = (own: OwnSeats, dialect: string): OwnSeat => {
  const seat = Object.hasOwn(own.dialects, dialect) ? own.dialects[dialect] : undefined;
  if (seat !== undefined) return seat;
  throw new UsageError(`There is no dialect ${dialect} here; there are ${Object.keys(own.dialects).join(', ')}`);
};

/** One that failed is a failure of all; after that, one of which nothing could be judged. */
const exitCodeOf = (reports: readonly Report[]): number => {
  const codes = reports.map(({ exitCode }) => exitCode);
  return codes.includes(1) ? 1 : Math.max(...codes);
};

/** What every report of the run is held to; a waiver of what only another of them looks at says nothing in this one. */
const demandsOf = async (own: OwnConformance, known: Conformance, asked: OwnArguments): Promise<Demands> => {
  const { minLevel, minIndex } = asked;
  const hl7v2 = await own.hl7v2?.rules();
  const waivers = checkWaivers(await readWaivers(asked.waivers), {
    requirements: [...known.requirements, ...(hl7v2?.requirements ?? [])],
    checks: [...known.checks, ...(hl7v2?.checks ?? [])],
  });
  return { minLevel, waivers, ...(minIndex === undefined ? {} : { minIndex }) };
};

const reportsOf = async (own: OwnConformance, asked: OwnArguments): Promise<readonly Report[]> => {
  const { target, profile, dialect } = asked;
  const conformance = await conformanceOf(own);
  const demands = await demandsOf(own, conformance, asked);
  if (target === undefined) {
    const reports: Report[] = [];
    for (const one of dialect === undefined ? Object.keys(own.dialects) : [dialect])
      reports.push(...(await judgeOwn({ ...own, dialect: one, conformance, demands }, requireDialect(own, one))));
    return reports;
  }
  const given = await profileIn(profile);
  const spoken = dialect ?? given.dialect ?? Object.keys(own.dialects)[0] ?? '';
  requireDialect(own, spoken);
  const run = { pattern: own.pattern.id, dialect: spoken, target, profile: given, tool: TOOL, ...demands };
  const overMllp = /^mllps?:/i.test(target) ? own.hl7v2 : undefined;
  return [await (overMllp === undefined ? runConformance(conformance, run) : overMllp.run(run))];
};

/** The whole of a project's `conform.ts`: judges, prints, and sets the exit code. */
export const runOwnConformance = async (argv: readonly string[], own: OwnConformance): Promise<void> => {
  try {
    const asked = readArguments(argv);
    if (asked.help) {
      process.stdout.write(HELP);
      return;
    }
    await checkWritable([...asked.report, asked.output].filter((file) => file !== undefined));
    const reports = await reportsOf(own, asked);
    const text = printReports(reports, asked.format);
    if (asked.output === undefined) process.stdout.write(text);
    else await writeReport(asked.output, text);
    await writeReportFiles(asked.report, reports);
    process.exitCode = exitCodeOf(reports);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof UnreachableError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 3;
  }
};
