import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { BOUNDS } from '../../sandbox/conformance/course.ts';
import { checkProfile, EMPTY_PROFILE, type Profile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Demands } from '../../sandbox/conformance/run.ts';
import { UsageError } from '../../sandbox/conformance/run-errors.ts';
import { checkTarget, rulesFor, runTarget } from '../../sandbox/conformance/target-run.ts';
import { checkWaivers } from '../../sandbox/conformance/waivers.ts';
import { openCatalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import { createProgressLine } from './progress-line.ts';
import { startSystem } from './started-system.ts';
import { tool } from './version.ts';

export interface DrivenOptions extends Pick<Demands, 'minLevel' | 'minIndex'> {
  readonly pattern?: string;
  readonly target?: string;
  readonly profile?: string;
  readonly dialect?: string;
  readonly consentToWrite?: true;
  readonly allowLive?: true;
  readonly maxRequests?: number;
  readonly maxTime?: number;
  readonly start?: string;
  readonly waitOn?: string;
  readonly waitFor?: number;
  readonly progress?: true;
}

const WAIT_FOR = 60_000;

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

/** The system that is judged, where it is started here, for as long as `work` lasts. */
const whileStarted = async <T>(
  { start, waitOn, waitFor = WAIT_FOR }: DrivenOptions,
  target: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> => {
  if (start === undefined) return work();
  const system = await startSystem(start, { waitOn: waitOn ?? target, within: waitFor, signal });
  try {
    return await work();
  } finally {
    const ended = await system.endedBy();
    if (ended !== undefined) console.error(ended);
    await system.stop();
  }
};

/** Drives a system and judges it; `waivers` as they were read. What was asked wrongly is found before anything is started. */
export const judgeDriven = async (options: DrivenOptions, waivers: unknown, signal: AbortSignal): Promise<Report> => {
  const { pattern, target, minLevel = 'SHOULD', minIndex, allowLive = false } = options;
  if (pattern === undefined || target === undefined)
    throw new UsageError('Say what to judge: --pattern and --target drive a system, --sandbox reads what one did');
  if (options.waitOn !== undefined && options.start === undefined) throw new UsageError('--wait-on needs --start');
  const catalogue = await openCatalogue();
  const given = await readProfile(options.profile);
  const profile = options.consentToWrite === true ? checkProfile({ ...given, consentToWrite: true }) : given;
  const known = (await catalogue.dialects(pattern)).map(({ id }) => id);
  const dialect = options.dialect ?? profile.dialect ?? known[0];
  if (known.length === 0) throw new UsageError(`${pattern} has no checks yet`);
  if (dialect === undefined || !known.includes(dialect))
    throw new UsageError(`${pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`);
  const conformance = await loadConformance(catalogue, pattern);
  const demands = {
    minLevel,
    waivers: checkWaivers(waivers ?? [], await rulesFor(target, conformance)),
    ...(minIndex === undefined ? {} : { minIndex }),
  };
  checkTarget({ target, profile, allowLive });
  const line = createProgressLine(options.progress === true);
  const bounds = {
    requests: options.maxRequests ?? BOUNDS.requests,
    milliseconds: options.maxTime ?? BOUNDS.milliseconds,
  };
  try {
    return await whileStarted(options, target, signal, () =>
      runTarget(conformance, {
        pattern,
        dialect,
        target,
        profile,
        allowLive,
        tool: tool(),
        bounds,
        signal,
        progress: line.tell,
        ...demands,
      }),
    );
  } finally {
    line.clear();
  }
};
