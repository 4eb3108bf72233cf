import type { Evidence, Observation } from './evidence.ts';
import { EMPTY_PROFILE, type Profile } from './profile.ts';

/** One observed step, in short: only what differs from a plain `GET /Patient/1` that was answered 200 with an empty body. */
export interface Step {
  readonly method?: string;
  readonly url?: string;
  /** What was sent; text as it is, anything else as JSON. */
  readonly request?: unknown;
  readonly sent?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly broken?: NonNullable<Observation['broken']>;
  readonly milliseconds?: number;
  /** Milliseconds from the start of the run; a second after the one before when absent. */
  readonly began?: number;
}

const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

const observation = (step: string, of: Step, place: number): Observation => ({
  step,
  request: {
    method: of.method ?? 'GET',
    url: of.url ?? 'http://target.test/Patient/1',
    headers: of.sent ?? {},
    ...(of.request === undefined ? {} : { body: textOf(of.request) }),
  },
  ...(of.broken === undefined
    ? {
        reply: {
          status: of.status ?? 200,
          headers: of.headers ?? {},
          body: textOf(of.body),
        },
      }
    : { broken: of.broken }),
  milliseconds: of.milliseconds ?? 1,
  began: of.began ?? place * 1_000,
});

const observations = (steps: Readonly<Record<string, Step>>): Observation[] =>
  Object.entries(steps).map(([step, of], place) => observation(step, of, place));

/** Evidence written down instead of gathered, so that a check is shown to pass and to fail without any server. */
export const evidenceOf = (
  dialect: string,
  steps: Readonly<Record<string, Step>>,
  profile: Partial<Profile> = {},
  received: Readonly<Record<string, Step>> = {},
): Evidence => ({
  dialect,
  profile: { ...EMPTY_PROFILE, ...profile },
  observations: observations(steps),
  received: observations(received),
  notTaken: {},
});

/** An OperationOutcome with one issue and, where given, its code in the dialect's system. */
export const outcomeOf = (code?: string): object => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'error',
      code: 'processing',
      ...(code === undefined ? {} : { details: { coding: [{ system: 'urn:test', code }] } }),
    },
  ],
});
