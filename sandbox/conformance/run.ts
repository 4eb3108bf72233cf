import { obtainToken } from './access-token.ts';
import type { Check } from './check.ts';
import { BoundReached, type Bounds, createCourse, type TellProgress } from './course.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './judge.ts';
import { isLiveNhsHost, liveHostWords } from './live-host.ts';
import type { Profile } from './profile.ts';
import { makeReport, type Report, shownEvidence } from './report.ts';
import type { Level, Requirement } from './requirement.ts';
import { UsageError } from './run-errors.ts';
import { createSession, type Session } from './session.ts';
import type { Waiver } from './waivers.ts';

/** What a pattern brings: its rules, the checks behind them, and how to gather the evidence from a target. */
export interface Conformance {
  readonly requirements: readonly Requirement[];
  readonly checks: readonly Check[];
  readonly drive: (session: Session) => Promise<void>;
}

/** What a run is held to. */
export interface Demands {
  readonly minLevel?: Level;
  /** Per cent of the index below which it fails. */
  readonly minIndex?: number;
  readonly waivers?: readonly Waiver[];
}

export interface RunOptions extends Demands {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
  readonly profile: Profile;
  /** Whoever starts the run has said that a live NHS host may be driven. */
  readonly allowLive?: boolean;
  /** Who reports: a name, with its version where it has one. */
  readonly tool: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** What it may cost; BOUNDS when absent. */
  readonly bounds?: Bounds;
  readonly progress?: TellProgress;
  readonly listening?: (url: string) => Promise<void>;
}

const checkTarget = (target: string, allowLive: boolean): void => {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageError(`The target "${target}" is not an http or https URL`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError('Put credentials into the profile, not into the URL of the target');
  if (url.search !== '' || url.hash !== '')
    throw new UsageError('The target is a base URL: it has no query and no fragment');
  if (!allowLive && isLiveNhsHost(url.hostname))
    throw new UsageError(liveHostWords(url.hostname, 'Checks send requests that fail on purpose, and may write.'));
};

/** Throws a UsageError where the target, or what else the profile names to be called, may not be driven. */
export const checkTargets = ({
  target,
  profile,
  allowLive = false,
}: Pick<RunOptions, 'target' | 'profile' | 'allowLive'>): void => {
  checkTarget(target, allowLive);
  checkNamedTargets(profile, allowLive);
};

/** Throws a UsageError where what the profile names beside the target may not be called. */
export const checkNamedTargets = (profile: Profile, allowLive: boolean): void => {
  const named = [profile.secondInstance, profile.credentials.client?.tokenUrl, profile.hl7v2.fhir];
  for (const url of named.filter((one) => one !== undefined)) checkTarget(url, allowLive);
};

/** With the access token that the profile says how to get, and without the key by which that is done. */
const authorised = async (profile: Profile, send: typeof fetch): Promise<Profile> => {
  const { client, ...credentials } = profile.credentials;
  if (client === undefined) return profile;
  const authorization = await obtainToken(client, send, profile.timeout);
  return { ...profile, credentials: { ...credentials, authorization } };
};

const ENDED = 'What it had not come to by then was not observed.';

/** Takes the steps of a drive; a bound ends the drive, not the run. */
export const untilBound = async (drive: () => Promise<void>): Promise<void> => {
  try {
    await drive();
  } catch (error) {
    if (!(error instanceof BoundReached)) throw error;
  }
};

/** The report of a run that began at `began` (of `performance`). */
export const reportOfRun = (
  { requirements, checks }: Pick<Conformance, 'requirements' | 'checks'>,
  options: RunOptions,
  evidence: Evidence,
  began: number,
): Report => {
  const { pattern, target, tool, minLevel = 'SHOULD', minIndex, waivers } = options;
  const milliseconds = Math.round(performance.now() - began);
  const { dialect, ended } = evidence;
  return makeReport({
    pattern,
    dialect,
    target,
    role: 'responder',
    startedAt: new Date(Date.now() - milliseconds),
    milliseconds,
    tool,
    minLevel,
    ...(minIndex === undefined ? {} : { minIndex }),
    ...(waivers === undefined ? {} : { waivers }),
    results: judge(requirements, checks, evidence),
    ...shownEvidence(evidence),
    ...(ended === undefined ? {} : { notice: `${ended.charAt(0).toUpperCase()}${ended.slice(1)}. ${ENDED}` }),
  });
};

/** Drives a responder and judges it. Throws UsageError or UnreachableError; everything else is in the report. */
export const runConformance = async (conformance: Conformance, options: RunOptions): Promise<Report> => {
  checkTargets(options);
  const began = performance.now();
  const { fetch: send = fetch } = options;
  const profile = await authorised(options.profile, send);
  const course = createCourse({ ...options, profile, checks: conformance.checks });
  const session = createSession({ ...options, profile, fetch: send, course });
  try {
    await untilBound(() => conformance.drive(session));
  } finally {
    await session.close();
  }
  return reportOfRun(conformance, options, session.evidence(), began);
};
