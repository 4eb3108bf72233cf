import { obtainToken } from './access-token.ts';
import { BoundReached, type Bounds } from './bounds.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './judge.ts';
import { isLiveNhsHost } from './live-host.ts';
import type { Profile } from './profile.ts';
import { createProgress, type TellProgress } from './progress.ts';
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
  readonly version: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** What it may cost; BOUNDS when absent. */
  readonly bounds?: Bounds;
  readonly progress?: TellProgress;
}

const checkTarget = (target: string, allowLive: boolean): void => {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageError(`The target "${target}" is not an http or https URL`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError('Put credentials into the profile, not into the URL of the target');
  if (url.search !== '' || url.hash !== '')
    throw new UsageError('The target is a base URL: it has no query and no fragment');
  if (!allowLive && isLiveNhsHost(url.hostname)) {
    throw new UsageError(
      `${url.hostname} is a live NHS host. Checks send requests that fail on purpose, and may write. If you are entitled to do that, say so with --allow-live`,
    );
  }
};

/** Throws a UsageError where the target, or the profile's second instance, may not be driven. */
export const checkTargets = ({
  target,
  profile,
  allowLive = false,
}: Pick<RunOptions, 'target' | 'profile' | 'allowLive'>): void => {
  const further = [profile.secondInstance, profile.credentials.client?.tokenUrl];
  for (const url of [target, ...further.filter((one) => one !== undefined)]) checkTarget(url, allowLive);
};

/** With the access token that the profile says how to get, and without the key by which that is done. */
const authorised = async (profile: Profile, send: typeof fetch): Promise<Profile> => {
  const { client, ...credentials } = profile.credentials;
  if (client === undefined) return profile;
  const authorization = await obtainToken(client, send, profile.timeout);
  return { ...profile, credentials: { ...credentials, authorization } };
};

const ENDED = 'What it had not come to by then was not observed.';

/** Gathers what a target does. A bound ends the drive, not the run. */
const gather = async ({ drive, checks }: Conformance, options: RunOptions): Promise<Evidence> => {
  const { fetch: send = fetch, progress, dialect } = options;
  const profile = await authorised(options.profile, send);
  const { target, signal, bounds } = options;
  const session = createSession({
    target,
    dialect,
    profile,
    fetch: send,
    ...(signal === undefined ? {} : { signal }),
    ...(bounds === undefined ? {} : { bounds }),
    ...(progress === undefined ? {} : { progress: createProgress(checks, dialect, profile, progress) }),
  });
  try {
    await drive(session);
  } catch (error) {
    if (!(error instanceof BoundReached)) throw error;
  } finally {
    await session.close();
  }
  return session.evidence();
};

/** Drives a responder and judges it. Throws UsageError or UnreachableError; everything else is in the report. */
export const runConformance = async (conformance: Conformance, options: RunOptions): Promise<Report> => {
  checkTargets(options);
  const { pattern, target, version, minLevel = 'SHOULD', minIndex, waivers } = options;
  const startedAt = new Date();
  const began = performance.now();
  const evidence = await gather(conformance, options);
  const { ended } = evidence;
  return makeReport({
    pattern,
    dialect: evidence.dialect,
    target,
    role: 'responder',
    startedAt,
    milliseconds: Math.round(performance.now() - began),
    version,
    minLevel,
    ...(minIndex === undefined ? {} : { minIndex }),
    ...(waivers === undefined ? {} : { waivers }),
    results: judge(conformance.requirements, conformance.checks, evidence),
    ...shownEvidence(evidence),
    ...(ended === undefined ? {} : { notice: `${ended.charAt(0).toUpperCase()}${ended.slice(1)}. ${ENDED}` }),
  });
};
