import { checkHl7Target, isMllp, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import { junit } from '../../sandbox/conformance/junit.ts';
import { checkProfile, type Profile } from '../../sandbox/conformance/profile.ts';
import { checkTargets, runConformance } from '../../sandbox/conformance/run.ts';
import type { MllpTarget } from '../../sandbox/hl7v2/mllp-client.ts';
import { BAD_REQUEST, CONFLICT, NOT_FOUND, problem, TOO_MANY_REQUESTS } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import type { Jobs } from '../conformance/jobs.ts';
import { ok, type ServiceHandlers } from './call.ts';

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
    asked('target', () =>
      isMllp(target) ? checkHl7Target(target, allowLive) : checkTargets({ target, profile, allowLive }),
    );
    const job = await jobs.start((signal) => {
      const run = { pattern, dialect, target, profile, allowLive, version, fetch, signal };
      return isMllp(target) ? runHl7Conformance({ ...run, resolve: resolveMllp }) : runConformance(conformance, run);
    });
    if (job === undefined)
      throw problem(TOO_MANY_REQUESTS, 'Too many runs are under way', { headers: { 'retry-after': '10' } });
    return { status: 202, headers: { location: `/api/conformance/${job.id}` }, body: job };
  },

  getConformance: async ({ params, type }) => {
    const job = await jobs.read(params.reportId ?? '');
    if (job === undefined) throw problem(NOT_FOUND, `There is no report ${params.reportId}`, { at: 'reportId' });
    if (type !== 'application/xml') return ok(job);
    if (job.state !== 'finished')
      throw problem(CONFLICT, job.state === 'running' ? 'The run is not finished' : `The run failed: ${job.error}`);
    return { status: 200, body: junit(job.report) };
  },
});
