import { checkProfile, type Profile } from '../../sandbox/conformance/profile.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { checkTarget, rulesFor, runTarget } from '../../sandbox/conformance/target-run.ts';
import { checkWaivers } from '../../sandbox/conformance/waivers.ts';
import type { MllpTarget } from '../../sandbox/hl7v2/mllp-client.ts';
import { BAD_REQUEST, CONFLICT, NOT_FOUND, problem, TOO_MANY_REQUESTS } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import type { Jobs } from '../conformance/jobs.ts';
import { ok, type ServiceHandlers } from './call.ts';
import { reportReply } from './report-reply.ts';

export interface ConformanceOptions {
  readonly catalogue: Catalogue;
  readonly jobs: Jobs;
  readonly version: string;
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
}

/** Mistakes of whoever asked become 400 with the place. */
const asked = <T>(at: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw problem(BAD_REQUEST, error instanceof Error ? error.message : String(error), { at });
  }
};

export const conformanceHandlers = ({
  catalogue,
  jobs,
  version,
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
    const run = { pattern, dialect, target, profile, allowLive, version, fetch, resolve: resolveMllp, ...demands };
    const job = await jobs.start((signal) => runTarget(conformance, { ...run, signal }));
    if (job === undefined)
      throw problem(TOO_MANY_REQUESTS, 'Too many runs are under way', { headers: { 'retry-after': '10' } });
    return { status: 202, headers: { location: `/api/conformance/${job.id}` }, body: job };
  },

  getConformance: async ({ params, type }) => {
    const job = await jobs.read(params.reportId ?? '');
    if (job === undefined) throw problem(NOT_FOUND, `There is no report ${params.reportId}`, { at: 'reportId' });
    if (type === 'application/json') return ok(job);
    if (job.state !== 'finished')
      throw problem(CONFLICT, job.state === 'running' ? 'The run is not finished' : `The run failed: ${job.error}`);
    return reportReply(job.report, type);
  },
});
