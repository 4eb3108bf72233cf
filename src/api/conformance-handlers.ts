import { BOUNDS, type Bounds } from '../../sandbox/conformance/course.ts';
import { checkProfile, type Profile } from '../../sandbox/conformance/profile.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { checkTarget, rulesFor, runTarget } from '../../sandbox/conformance/target-run.ts';
import { checkWaivers } from '../../sandbox/conformance/waivers.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import type { MllpTarget } from '../../sandbox/hl7v2/mllp-client.ts';
import { BAD_REQUEST, CONFLICT, NOT_FOUND, problem, TOO_MANY_REQUESTS } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import { jobEvents } from '../conformance/job-events.ts';
import type { Job, Jobs } from '../conformance/jobs.ts';
import { ok, type ServiceHandlers } from './call.ts';
import { reportReply } from './report-reply.ts';

export interface ConformanceOptions {
  readonly catalogue: Catalogue;
  readonly jobs: Jobs;
  readonly tool: string;
  /** Both keep to the outbound policy of the service. */
  readonly fetch: typeof fetch;
  readonly resolveMllp: (url: string) => Promise<MllpTarget>;
  /** Whether whoever asks may say where this machine listens for callbacks; else it is a free port of loopback. */
  readonly mayListen: boolean;
}

interface Asked {
  readonly pattern: string;
  readonly dialect?: string;
  readonly target: string;
  readonly profile?: object;
  readonly allowLive?: boolean;
  readonly minLevel?: Level;
  readonly minIndex?: number;
  readonly waivers?: readonly object[];
  readonly maxRequests?: number;
  readonly maxTime?: string;
}

/** Mistakes of whoever asked become 400 with the place. */
const asked = <T>(at: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw problem(BAD_REQUEST, error instanceof Error ? error.message : String(error), { at });
  }
};

const TIME_MAX = 60 * 60_000;
/** What a step may take beyond its own timeout before the whole run is ended without a report. */
const GRACE = 60_000;

const boundsOf = ({ maxRequests = BOUNDS.requests, maxTime }: Asked | Omit<Asked, 'pattern' | 'target'>): Bounds => {
  const milliseconds = maxTime === undefined ? BOUNDS.milliseconds : asked('/maxTime', () => parseDuration(maxTime));
  if (milliseconds > TIME_MAX) throw problem(BAD_REQUEST, 'A run takes an hour at most (PT1H)', { at: '/maxTime' });
  return { requests: maxRequests, milliseconds };
};

const unknown = (id: string): Error => problem(NOT_FOUND, `There is no run ${id}`, { at: 'reportId' });

/** Why there is no report yet, or never will be. */
const noReport = (job: Exclude<Job, { state: 'finished' }>): string => {
  if (job.state === 'failed') return `The run failed: ${job.error}`;
  return job.state === 'running' ? 'The run is not finished' : 'The run was cancelled';
};

export const conformanceHandlers = ({
  catalogue,
  jobs,
  tool,
  fetch,
  resolveMllp,
  mayListen,
}: ConformanceOptions): ServiceHandlers => ({
  startConformance: async ({ body }) => {
    // Valid against ConformanceRequest of the contract.
    const { pattern, target, allowLive = false, ...rest } = body as Asked;
    const conformance = await loadConformance(catalogue, pattern);
    const profile: Profile = asked('profile', () => checkProfile(rest.profile));
    if (!mayListen && Object.keys(profile.listen).length > 0)
      throw problem(
        BAD_REQUEST,
        'This service opens no port that somebody else chose: run "fingerpost conform" where the target can call back',
        {
          at: 'profile.listen',
        },
      );
    const known = (await catalogue.dialects(pattern)).map(({ id }) => id);
    const dialect = rest.dialect ?? profile.dialect ?? known[0] ?? '';
    if (!known.includes(dialect))
      throw problem(BAD_REQUEST, `${pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`, {
        at: 'dialect',
      });
    asked('target', () => checkTarget({ target, profile, allowLive }));
    const rules = await rulesFor(target, conformance);
    const { minLevel = 'SHOULD', minIndex } = rest;
    const waivers = asked('waivers', () => checkWaivers(rest.waivers ?? [], rules));
    const demands = { minLevel, waivers, ...(minIndex === undefined ? {} : { minIndex }) };
    const bounds = boundsOf(rest);
    const run = {
      pattern,
      dialect,
      target,
      profile,
      allowLive,
      tool,
      fetch,
      resolve: resolveMllp,
      bounds,
      ...demands,
    };
    const within = bounds.milliseconds + profile.timeout + GRACE;
    const job = await jobs.start({ pattern, dialect, target }, within, (running) =>
      runTarget(conformance, { ...run, ...running }),
    );
    if (job === undefined)
      throw problem(TOO_MANY_REQUESTS, 'Too many runs are under way', { headers: { 'retry-after': '10' } });
    return { status: 202, headers: { location: `/api/conformance/${job.id}` }, body: job };
  },

  getConformance: async ({ params, type }) => {
    const { reportId = '' } = params;
    const job = await jobs.read(reportId);
    if (job === undefined) throw unknown(reportId);
    if (type === 'application/json') return ok(job);
    if (job.state !== 'finished') throw problem(CONFLICT, noReport(job));
    return reportReply(job.report, type);
  },

  streamConformance: async ({ params, gone }) => {
    const { reportId = '' } = params;
    if ((await jobs.read(reportId)) === undefined) throw unknown(reportId);
    return { status: 200, body: jobEvents(jobs, reportId, gone) };
  },

  cancelConformance: async ({ params }) => {
    const { reportId = '' } = params;
    const job = await jobs.read(reportId);
    if (job === undefined) throw unknown(reportId);
    if (job.state !== 'running') throw problem(CONFLICT, 'The run has ended already');
    return ok((await jobs.cancel(reportId)) ?? job);
  },
});
