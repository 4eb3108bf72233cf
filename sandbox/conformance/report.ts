import { redactBody, redactHeaders, redactText, redactUrl } from '../redact.ts';
import type { Verdict } from './check.ts';
import type { Evidence, Observation } from './evidence.ts';
import type { RequirementResult } from './judge.ts';
import type { Profile } from './profile.ts';
import type { Level, Side } from './requirement.ts';

/** An observation of a run; or an exchange of a journal, whose `step` is the id that it has there. */
export type ReportedExchange = Omit<Observation, 'began'> & {
  readonly began?: number;
  readonly journal?: {
    readonly from: string;
    readonly to: string;
    /** On the sandbox clock, and in real time. */
    readonly at: string;
    readonly realAt: string;
    readonly fault?: string;
    readonly note?: string;
  };
};

export interface Report {
  readonly tool: string;
  readonly pattern: string;
  readonly dialect: string;
  /** What was driven; or the sandbox whose journal was read. */
  readonly target: string;
  /** `responder`: the target was driven. `initiator`: `participant` is judged by what it did in a sandbox. */
  readonly role: Side;
  readonly participant?: string;
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** 0 passed, 1 failed, 4 nothing could be judged. */
  readonly exitCode: 0 | 1 | 4;
  readonly minLevel: Level;
  readonly requirements: readonly RequirementResult[];
  /** Every request and reply behind the verdicts, credentials removed; `step` is what the checks name. */
  readonly exchanges: readonly ReportedExchange[];
  readonly notice: string;
}

const NOTICE = 'Made by Fingerpost from what was observed. This is not assurance by NHS England or by anybody else.';

/** Characters of a body that a report shows; judging saw all of it. */
const SHOWN = 65_536;
const shown = (body: string): string =>
  body.length <= SHOWN ? body : `${body.slice(0, SHOWN)} … [${body.length - SHOWN} more characters]`;

/** The profile's own credentials are removed wherever they stand; what else is a credential is told by its name or scheme. */
const withoutCredentials = (observation: Observation, secrets: ReadonlySet<string>): Observation => {
  const known = new Set(secrets);
  const { request, reply } = observation;
  const body = (text: string, headers: Readonly<Record<string, string>>) =>
    redactBody(Buffer.from(shown(text)), headers['content-type'] ?? '', known, secrets).toString();
  const headers = redactHeaders(request.headers, known, secrets);
  return {
    ...observation,
    request: {
      ...request,
      url: redactUrl(request.url, known),
      headers,
      ...(request.body === undefined ? {} : { body: body(request.body, request.headers) }),
    },
    ...(reply === undefined
      ? {}
      : {
          reply: {
            status: reply.status,
            headers: redactHeaders(reply.headers, known, secrets),
            body: body(reply.body, reply.headers),
          },
        }),
  };
};

export interface ReportInput {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
  readonly role: Side;
  readonly participant?: string;
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly version: string;
  readonly minLevel: Level;
  readonly results: readonly RequirementResult[];
  readonly exchanges: readonly ReportedExchange[];
  /** Credentials that no message may show. */
  readonly secrets?: ReadonlySet<string>;
  /** Said before what every report says. */
  readonly notice?: string;
}

const exitCodeOf = (results: readonly RequirementResult[], minLevel: Level): 0 | 1 | 4 => {
  const counted = results
    .flatMap(({ checks }) => checks)
    .filter(({ level }) => minLevel === 'SHOULD' || level === 'SHALL');
  if (counted.some(({ verdict }) => verdict === 'fail' || verdict === 'error')) return 1;
  return counted.some(({ verdict }) => verdict === 'pass') ? 0 : 4;
};

const secretsOf = ({ credentials: { authorization, withoutRight, other }, hl7v2 }: Profile): ReadonlySet<string> =>
  new Set(
    [authorization, withoutRight, other, hl7v2.security].flatMap((secret) =>
      secret === undefined ? [] : [secret, secret.replace(/^\S+\s+/, '')],
    ),
  );

/** What a run shows of its evidence: what was sent and what came by itself, in the order in which it began. */
export const shownEvidence = ({ profile, observations, received }: Evidence) => {
  const secrets = secretsOf(profile);
  const exchanges = [...observations, ...received]
    .toSorted((a, b) => a.began - b.began)
    .map((observation) => withoutCredentials(observation, secrets));
  return { exchanges, secrets };
};

/** Puts a report together. The same results and times give the same report. */
export const makeReport = (input: ReportInput): Report => {
  const { results, pattern, dialect, target, role, participant, secrets = new Set<string>() } = input;
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, error: 0, skip: 0, omit: 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return {
    tool: `fingerpost ${input.version}`,
    pattern,
    dialect,
    target,
    role,
    ...(participant === undefined ? {} : { participant }),
    startedAt: input.startedAt.toISOString(),
    milliseconds: input.milliseconds,
    counts,
    exitCode: exitCodeOf(results, input.minLevel),
    minLevel: input.minLevel,
    requirements: results.map((result) => ({
      ...result,
      checks: result.checks.map((check) => ({ ...check, message: redactText(check.message, new Set(secrets)) })),
    })),
    exchanges: input.exchanges,
    notice: input.notice === undefined ? NOTICE : `${input.notice} ${NOTICE}`,
  };
};
