import { type Judgement, skip } from './check.ts';
import type { Profile } from './profile.ts';

export interface ObservedReply {
  /** 0 where the protocol has none (MLLP). */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request of ours and what came back, or how the connection failed. */
export interface Observation {
  /** The step of the run that it belongs to, unique in the run: `read-unknown`. */
  readonly step: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly reply?: ObservedReply;
  readonly broken?: { readonly how: 'unreachable' | 'dropped' | 'timeout'; readonly detail: string };
  readonly milliseconds: number;
  /** Milliseconds from the start of the run to the start of this. */
  readonly began: number;
}

/** A message that came to a listener of the run, and what it was answered; `step` is the listener's name and a number. */
export type Received = Observation;

export type Answered = Observation & { readonly reply: ObservedReply };

/** All that a run gathered. Judging reads nothing else. */
export interface Evidence {
  readonly dialect: string;
  readonly profile: Profile;
  readonly observations: readonly Observation[];
  /** What came to the run's listeners: business responses, notifications, acknowledgements. */
  readonly received: readonly Received[];
  /** Steps that were not taken, each with the reason and what would make it possible. */
  readonly notTaken: Readonly<Record<string, string>>;
  /** Why any other step is missing: where nobody drove the target, and what passed by itself was looked at. */
  readonly absent?: string;
  /** Why the run ended before all its steps; what it did not come to was not observed. */
  readonly ended?: string;
}

const isAnswered = (observation: Observation): observation is Answered => observation.reply !== undefined;

export const answered = (evidence: Evidence): readonly Answered[] => evidence.observations.filter(isAnswered);

const notReached = (step: string, { ended }: Evidence): string =>
  `the step "${step}" was not reached${ended === undefined ? '' : `; ${ended}`}`;

/** Judges the reply to one step; a step without a reply is "not observed", with the reason. */
export const on = (evidence: Evidence, step: string, judge: (observation: Answered) => Judgement): Judgement => {
  const observation = evidence.observations.find((one) => one.step === step);
  if (observation === undefined)
    return skip(`not observed: ${evidence.notTaken[step] ?? evidence.absent ?? notReached(step, evidence)}`);
  if (!isAnswered(observation))
    return skip(`not observed: "${step}" got no reply (${observation.broken?.detail ?? 'no detail'})`);
  return judge(observation);
};

/** The reply's body as JSON, or undefined where it is none. */
export const json = (observation: Pick<Answered, 'reply'>): unknown => {
  try {
    return JSON.parse(observation.reply.body);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Follows keys and indexes into a parsed body: `at(body, 'meta', 'versionId')`. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** MSA-1 of an acknowledgement in a reply without a status. */
const acknowledgement = (body: string): string => /(?:^|\r)MSA.([A-Z]{2})/.exec(body)?.[1] ?? 'no acknowledgement';

/** `GET …/Patient/1 → 404`, or `ADT^A01 mllp://… → AA`, for reports. */
export const line = ({ request, reply, broken }: Pick<Observation, 'request' | 'reply' | 'broken'>): string => {
  const came = reply === undefined ? (broken?.how ?? 'nothing') : reply.status || acknowledgement(reply.body);
  return `${request.method} ${request.url} → ${came}`;
};

/** How a create did not lead to a record with an address: `status 422`, `status 201, and no Location`. */
export const notMade = ({ reply }: Pick<Observation, 'reply'>): string => {
  if (reply === undefined) return 'no answer';
  return reply.status === 201 ? 'status 201, and no Location' : `status ${reply.status}`;
};

const REFUSED = 400;
const SAID_MAX = 300;

/** What a refusal says to a person, whichever way an API says it; undefined where it says nothing. */
export const saidBy = ({ reply }: Pick<Observation, 'reply'>): string | undefined => {
  if (reply === undefined || reply.status < REFUSED) return undefined;
  const body = json({ reply });
  const issue = at(body, 'issue', 0);
  const said = [
    at(issue, 'diagnostics'),
    at(issue, 'details', 'text'),
    ...['detail', 'errors', 'errorDescription', 'title'].map((name) => at(body, name)),
  ];
  return said
    .find((one) => typeof one === 'string' && one !== '')
    ?.toString()
    .slice(0, SAID_MAX);
};
