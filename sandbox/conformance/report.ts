import { redactBody, redactHeaders, redactText, redactUrl } from '../redact.ts';
import type { Verdict } from './check.ts';
import type { Evidence, Observation } from './evidence.ts';
import type { RequirementResult } from './judge.ts';
import { countsAt, type Numbers, numbersOf, type Share } from './numbers.ts';
import type { Profile } from './profile.ts';
import type { Level, Side } from './requirement.ts';
import { type AppliedWaiver, applyWaivers, coverageOf, type Waiver } from './waivers.ts';

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

/** What a requirement counts as: its verdict, or that its failure is waived. */
export type Standing = Verdict | 'waived';

export const standingOf = ({ verdict, waived }: Pick<RequirementResult, 'verdict' | 'waived'>): Standing =>
  waived === undefined ? verdict : 'waived';

export interface Report extends Numbers {
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
  readonly counts: Readonly<Record<Standing, number>>;
  /** 0 passed, 1 failed, 4 nothing could be judged. */
  readonly exitCode: 0 | 1 | 4;
  readonly minLevel: Level;
  /** Below which index a run fails; absent where none was asked for. */
  readonly minIndex?: number;
  readonly waivers: readonly AppliedWaiver[];
  readonly requirements: readonly RequirementResult[];
  /** Every request and reply behind the verdicts, credentials removed; `step` is what the checks name. */
  readonly exchanges: readonly ReportedExchange[];
  readonly notice: string;
}

const noticeOf = (tool: string): string =>
  `Made by ${tool} from what was observed. This is not assurance by NHS England or by anybody else.`;

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
  readonly tool: string;
  readonly minLevel: Level;
  readonly minIndex?: number;
  readonly waivers?: readonly Waiver[];
  readonly results: readonly RequirementResult[];
  readonly exchanges: readonly ReportedExchange[];
  /** Credentials that no message may show. */
  readonly secrets?: ReadonlySet<string>;
  /** Said before what every report says. */
  readonly notice?: string;
}

const exitCodeOf = (
  results: readonly RequirementResult[],
  { minLevel, minIndex = 0 }: Pick<ReportInput, 'minLevel' | 'minIndex'>,
  { percent = 0 }: Share,
): 0 | 1 | 4 => {
  const counted = results.flatMap(({ checks }) => checks).filter(({ level }) => countsAt(minLevel, level));
  const stands = ({ verdict, waived }: (typeof counted)[number]): boolean =>
    verdict === 'error' || (verdict === 'fail' && waived === undefined);
  if (counted.some(stands)) return 1;
  if (!counted.some(({ verdict }) => verdict === 'pass' || verdict === 'fail')) return 4;
  return percent < minIndex ? 1 : 0;
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
  const { tool, pattern, dialect, target, role, participant, minLevel, minIndex, waivers = [] } = input;
  const { secrets = new Set<string>() } = input;
  const results = applyWaivers(input.results, waivers);
  const counts: Record<Standing, number> = { pass: 0, fail: 0, error: 0, skip: 0, omit: 0, waived: 0 };
  for (const result of results) counts[standingOf(result)] += 1;
  const numbers = numbersOf(results, role, minLevel);
  return {
    tool,
    pattern,
    dialect,
    target,
    role,
    ...(participant === undefined ? {} : { participant }),
    startedAt: input.startedAt.toISOString(),
    milliseconds: input.milliseconds,
    counts,
    ...numbers,
    exitCode: exitCodeOf(results, input, numbers.index),
    minLevel,
    ...(minIndex === undefined ? {} : { minIndex }),
    waivers: coverageOf(results, waivers),
    requirements: results.map((result) => ({
      ...result,
      checks: result.checks.map((check) => ({ ...check, message: redactText(check.message, new Set(secrets)) })),
    })),
    exchanges: input.exchanges,
    notice: input.notice === undefined ? noticeOf(tool) : `${input.notice} ${noticeOf(tool)}`,
  };
};
