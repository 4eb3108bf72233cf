import { sandboxNow } from '../clock.ts';
import type { Environment } from '../config.ts';
import type { LoadedPattern } from '../http/host.ts';
import { ProblemError } from '../problem.ts';
import { type NewSandbox, type Standalone, startStandalone } from '../standalone.ts';
import { requireSandbox } from '../standalone-acts.ts';
import { openDrivable, sandboxOf } from './own-driven.ts';
import { openOwnEngines } from './own-engines.ts';
import type { DrivenSeat, Hl7Seat, OwnSeat, OwnSeats, WatchedSeats } from './own-seats.ts';
import { checkProfile } from './profile.ts';
import type { Report } from './report.ts';
import { type Conformance, type Demands, runConformance } from './run.ts';
import { runJournalConformance } from './run-journal.ts';
import { whoAnswers } from './who-answers.ts';

/** What is judged where a project judges itself. */
export interface OwnRun {
  readonly pattern: LoadedPattern;
  readonly dialect: string;
  readonly conformance: Conformance;
  /** Of the process: on what it is served. */
  readonly env: Environment;
  readonly hl7v2?: OwnSeats['hl7v2'];
  readonly demands: Demands;
}

const SEED = 1;
const PEOPLE = 40;
/** Who reports: the project's own file. */
export const TOOL = 'conform.ts';

const wantedFor = ({ dialect }: OwnRun): NewSandbox => ({ dialect, seed: SEED, people: PEOPLE });

const drive = async (served: Standalone, run: OwnRun, seat: DrivenSeat): Promise<Report> => {
  const { pattern, dialect, conformance, demands } = run;
  const { target, profile, calledBackAt } = await openDrivable(served, pattern, 'driven', seat, wantedFor(run));
  return runConformance(conformance, {
    pattern: pattern.id,
    dialect,
    target,
    profile: checkProfile(profile),
    tool: TOOL,
    ...demands,
    listening: calledBackAt,
  });
};

const driveHl7 = async (served: Standalone, run: OwnRun, seat: Hl7Seat): Promise<Report[]> => {
  const { pattern, dialect, hl7v2, demands } = run;
  const { participant, keeps } = seat;
  const id = 'mllp';
  const base = await served.open(id, wantedFor(run));
  const target = await served.mllpUrl(id, participant);
  if (hl7v2 === undefined || target === undefined) throw new Error(`${participant} takes no HL7 v2 in ${dialect}`);
  const profile = checkProfile({ consentToWrite: true, hl7v2: { fhir: `${base}/${keeps}`, ...seat.profile } });
  return [await hl7v2.run({ pattern: pattern.id, dialect, target, profile, tool: TOOL, ...demands })];
};

const watch = async (
  served: Standalone,
  run: OwnRun,
  id: string,
  { participants, play }: WatchedSeats,
): Promise<Report[]> => {
  const { pattern, dialect, conformance, demands } = run;
  const target = await served.open(id, wantedFor(run));
  await play(sandboxOf(served, pattern, id)).catch((error: unknown) => {
    // What has changed may no longer do what it is told: it is judged by what it did until then.
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${dialect}: not all could be done that is judged. ${error.message}\n`);
  });
  const { row } = await requireSandbox(served, id);
  const reports: Report[] = [];
  for (const participant of participants)
    reports.push(
      await runJournalConformance(conformance, {
        journal: served.host.journal,
        sandbox: row,
        now: sandboxNow(row, served.host.now()),
        pattern: pattern.id,
        dialect,
        participant,
        answers: whoAnswers(pattern, dialect, participant),
        target,
        tool: TOOL,
        ...demands,
      }),
    );
  return reports;
};

const joined = (own: Conformance, more: Pick<Conformance, 'requirements' | 'checks'>): Conformance => ({
  ...own,
  requirements: [...own.requirements, ...more.requirements],
  checks: [...own.checks, ...more.checks],
});

const judgeServed = async (
  served: Standalone,
  run: OwnRun,
  { driven, mllp, watched = [] }: OwnSeat,
): Promise<readonly Report[]> => {
  const reports = driven === undefined ? [] : [await drive(served, run, driven)];
  if (mllp !== undefined) reports.push(...(await driveHl7(served, run, mllp)));
  // What goes by HTTP and what goes by MLLP is one journal.
  const { conformance, hl7v2 } = run;
  const rules = mllp === undefined ? undefined : await hl7v2?.rules();
  const both = rules === undefined ? conformance : joined(conformance, rules);
  for (const [index, seats] of watched.entries())
    reports.push(...(await watch(served, { ...run, conformance: both }, `watched-${index + 1}`, seats)));
  return reports;
};

/** Serves the pattern for as long as it is judged: whoever answers first, then those who ask. */
export const judgeOwn = async (run: OwnRun, seat: OwnSeat): Promise<readonly Report[]> => {
  const silent = { error: () => undefined, warn: () => undefined };
  const { storeUrl, brokerUrl, remove } = await openOwnEngines(run.env, run.pattern.id);
  try {
    const served = await startStandalone(run.pattern, { storeUrl, brokerUrl, log: silent });
    try {
      return await judgeServed(served, run, seat);
    } finally {
      await served.close();
    }
  } finally {
    await remove();
  }
};
