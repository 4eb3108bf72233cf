import type { MllpTarget } from '../hl7v2/mllp-client.ts';
import { parseMllpUrl } from '../outbound-policy.ts';
import { createCourse } from './course.ts';
import type { Evidence, Observation } from './evidence.ts';
import { hl7Checks } from './hl7-checks.ts';
import { driveHl7 } from './hl7-drive.ts';
import { hl7JournalChecks } from './hl7-journal-checks.ts';
import { hl7KeptChecks } from './hl7-kept-checks.ts';
import { hl7Requirements } from './hl7-requirements.ts';
import { createHl7Wire } from './hl7-wire.ts';
import { isLiveNhsHost, liveHostWords } from './live-host.ts';
import type { Report } from './report.ts';
import { type Conformance, checkNamedTargets, type RunOptions, reportOfRun, untilBound } from './run.ts';
import { UsageError } from './run-errors.ts';
import { createSession } from './session.ts';

export interface Hl7RunOptions extends RunOptions {
  readonly resolve?: (url: string) => Promise<MllpTarget>;
}

export const isMllp = (target: string): boolean => /^mllps?:/i.test(target);

/** The rules of HL7 v2 over MLLP with the checks of both sides. */
export const hl7Rules = async (): Promise<Pick<Conformance, 'requirements' | 'checks'>> => ({
  requirements: await hl7Requirements(),
  checks: [...hl7Checks, ...hl7KeptChecks, ...hl7JournalChecks],
});

/** Throws a UsageError where the target may not be driven over MLLP. */
export const checkHl7Target = (target: string, allowLive: boolean): void => {
  let url: URL;
  try {
    url = parseMllpUrl(target);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (!allowLive && isLiveNhsHost(url.hostname))
    throw new UsageError(liveHostWords(url.hostname, 'Checks send messages that are wrong on purpose.'));
};

/** Drives a target over MLLP and judges it. Throws UsageError or UnreachableError; everything else is in the report. */
export const runHl7Conformance = async (options: Hl7RunOptions): Promise<Report> => {
  const { target, profile, allowLive = false } = options;
  checkHl7Target(target, allowLive);
  checkNamedTargets(profile, allowLive);
  const began = performance.now();
  const said: Observation[] = [];
  const rules = await hl7Rules();
  const course = createCourse({ ...options, checks: rules.checks });
  const session = createSession({ ...options, fetch: options.fetch ?? fetch, course });
  const wire = createHl7Wire({
    target,
    timeout: profile.timeout,
    course,
    since: () => Math.round((performance.now() - began) * 10) / 10,
    keep: (observation) => said.push(observation),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
  });
  try {
    await untilBound(() => driveHl7(session, wire));
  } finally {
    await session.close();
  }
  const read = session.evidence();
  const evidence: Evidence = { ...read, observations: [...said, ...read.observations] };
  return reportOfRun(rules, options, evidence, began);
};
