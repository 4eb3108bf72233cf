import { fail, type Judgement, pass } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, json, line, on } from '../../sandbox/conformance/evidence.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';

export const value = (observation: Answered, ...path: readonly (string | number)[]): unknown =>
  at(json(observation), ...path);
export const ok = ({ reply }: Answered): boolean => reply.status === 200 || reply.status === 204;

/** The answer to a change on the version that there is. */
export const currentVersion =
  (step: string) =>
  (evidence: Evidence): Judgement =>
    on(evidence, step, (one) => (ok(one) ? pass : fail(`${line(one)}: ${codesOf(one).join() || 'no code'}.`, step)));
