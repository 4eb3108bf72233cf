import { type Check, fail, type Judgement, pass } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, json, line, on } from '../../sandbox/conformance/evidence.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';

export const value = (observation: Answered, ...path: readonly (string | number)[]): unknown =>
  at(json(observation), ...path);
export const ok = ({ reply }: Answered): boolean => reply.status === 200 || reply.status === 204;
export const said = (one: Answered): string => `${line(one)}: ${codesOf(one).join() || 'no code'}.`;

export const sameGender = (evidence: Evidence, step: string): Judgement =>
  on(evidence, 'read', (before) =>
    on(evidence, step, (after) =>
      value(before, 'gender') === value(after, 'gender') ? pass : fail('The record was changed all the same.', step),
    ),
  );

export const RECORDS = ['fhir-r4', 'imms'];
export const check = (
  id: string,
  requirement: string,
  title: string,
  failure: string,
  judge: (evidence: Evidence) => Judgement,
  dialects?: readonly string[],
): Check => ({
  id,
  requirements: [requirement],
  title,
  failure,
  ...(dialects === undefined ? {} : { dialects }),
  judge,
});
