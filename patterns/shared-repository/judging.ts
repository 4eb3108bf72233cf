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

/** What is told in a dialect, and where. */
interface Told {
  /** A stale change: with which status, and with which code where there is one to rely on. */
  readonly stale: readonly [status: number, code?: string];
  /** A second record of one identifier, where there is a code for that. */
  readonly duplicate?: readonly [status: number, code: string];
  /** What is changed: records of the run's own, or a person whose gender is looked at. */
  readonly changes: 'records' | 'people';
  /** The version. */
  readonly version: 'body' | 'e-tag';
  readonly history: boolean;
  /** Who contributed: in a Provenance, in the record itself, or nowhere. */
  readonly contributor: 'provenance' | 'record' | 'nowhere';
}

const PLAIN: Told = { stale: [412], changes: 'records', version: 'body', history: true, contributor: 'provenance' };

/** By dialect: what the checks of all of them have to know of each. */
const TOLD: Readonly<Record<string, Told>> = {
  'fhir-r4': PLAIN,
  imms: {
    stale: [400, 'INVARIANT'],
    duplicate: [422, 'DUPLICATE'],
    changes: 'records',
    version: 'e-tag',
    history: false,
    contributor: 'record',
  },
  pds: {
    stale: [409, 'RESOURCE_VERSION_MISMATCH'],
    changes: 'people',
    version: 'body',
    history: true,
    contributor: 'nowhere',
  },
};
export const toldIn = ({ dialect }: { readonly dialect: string }): Told => TOLD[dialect] ?? PLAIN;

/** Those in which records come and go. */
export const RECORDS = Object.keys(TOLD).filter((dialect) => TOLD[dialect]?.changes === 'records');

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
