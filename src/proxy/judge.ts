import { type Check, readsJournal } from '../../sandbox/conformance/check.ts';
import type { Evidence, Observation } from '../../sandbox/conformance/evidence.ts';
import { hl7Rules } from '../../sandbox/conformance/hl7-run.ts';
import type { SeenExchange, SeenHalf } from '../../sandbox/conformance/journal-evidence.ts';
import { judge, judgeJournal, type RequirementResult } from '../../sandbox/conformance/judge.ts';
import type { Passing } from '../../sandbox/conformance/passing.ts';
import { EMPTY_PROFILE } from '../../sandbox/conformance/profile.ts';
import { makeReport, type Report, shownEvidence } from '../../sandbox/conformance/report.ts';
import { type Requirement, type Side, sidesOf } from '../../sandbox/conformance/requirement.ts';
import type { Conformance, Demands } from '../../sandbox/conformance/run.ts';
import { reportedExchange } from '../../sandbox/conformance/run-journal.ts';
import { sharedRequirements } from '../../sandbox/conformance/shared-requirements.ts';
import { nameHl7Steps } from './hl7-steps.ts';
import { nameSteps } from './steps.ts';

export interface Between {
  readonly pattern: string;
  readonly dialect: string;
  readonly conformance: Conformance;
  /** How the pattern tells what passes, where it has a way of its own. */
  readonly passing: Passing | undefined;
  readonly exchanges: readonly SeenExchange[];
  /** How many were too many to be kept. */
  readonly lost: number;
  readonly startedAt: Date;
  readonly tool: string;
  readonly demands: Demands;
}

const ABSENT = 'nothing like it passed between the two; drive the system (fingerpost conform --target) to see it';

/** The other side of the same exchange is judged, too, in a report of its own. */
const of = (side: Side, requirements: readonly Requirement[]): readonly Requirement[] =>
  requirements.filter((requirement) => sidesOf(requirement).includes(side));

/** Nobody can switch on a fault between two real systems. */
const SEAT = {
  todo: 'To make it happen, let it take a seat in a sandbox and switch on a fault (fingerpost conform --sandbox).',
};
const without = (check: Check): Check => (readsJournal(check) ? { ...check, stimulus: SEAT } : check);

const halfOf = ({ headers, body }: SeenHalf) => ({ headers, body });

const observed = ([exchange, step]: readonly [SeenExchange, string], start: number): Observation => ({
  step,
  request: { method: exchange.request.method, url: exchange.request.url, ...halfOf(exchange.request) },
  ...(exchange.reply === undefined
    ? { broken: { how: 'dropped' as const, detail: exchange.note ?? 'no answer' } }
    : { reply: { status: exchange.reply.status, ...halfOf(exchange.reply) } }),
  milliseconds: exchange.ended - exchange.began,
  began: exchange.began - start,
});

/** Judges each system that answered, by what passed to it. */
const responder = async (between: Between, name: string, target: string): Promise<Report> => {
  const { pattern, dialect, conformance, startedAt, tool, demands } = between;
  // Whoever hung up was not waited for: that says nothing of who would have answered. Nor does what was too long to be kept.
  const isWhole = ({ request, reply }: SeenExchange): boolean => !request.cut && reply?.cut !== true;
  const own = between.exchanges.filter((one) => one.to === name && one.noReply !== 'gone' && isWhole(one));
  const http = own.filter(({ kind }) => kind === 'http');
  const hl7 = own.filter(({ kind, reply, note }) => kind === 'mllp' && (reply !== undefined || note !== undefined));
  const start = startedAt.getTime();
  const passing = between.passing?.participants.includes(name) === true ? between.passing : undefined;
  const sent = between.exchanges.filter(({ from, kind }) => from === name && kind === 'http');
  const named = passing?.name({ dialect, answered: http, sent });
  // What a pattern asks of whoever answers is not asked of whoever else has an address in it.
  const common = new Set((await sharedRequirements()).map(({ id }) => id));
  const isTheirs = between.passing === undefined || passing !== undefined;
  const asked = conformance.requirements.filter(({ id }) => isTheirs || common.has(id));
  const steps = nameSteps(http, named && (() => named.steps));
  const seen = ([exchange, step]: readonly [SeenExchange, string]) => observed([exchange, step], start);
  const evidenceOf = (observations: readonly Observation[], received: readonly Observation[] = []): Evidence => ({
    dialect,
    profile: EMPTY_PROFILE,
    observations,
    received,
    notTaken: passing?.unseen ?? {},
    absent: ABSENT,
  });
  const httpEvidence = evidenceOf(steps.map(seen), named?.received?.map(seen));
  const hl7Evidence = evidenceOf(nameHl7Steps(hl7).map(seen));
  const rules = await hl7Rules();
  const results: readonly RequirementResult[] = [
    ...(http.length === 0 ? [] : judge(of('responder', asked), conformance.checks, httpEvidence)),
    ...(hl7.length === 0 ? [] : judge(of('responder', rules.requirements), rules.checks, hl7Evidence)),
  ];
  const all = evidenceOf([...httpEvidence.observations, ...hl7Evidence.observations], httpEvidence.received);
  return makeReport({
    pattern,
    dialect,
    target,
    role: 'responder',
    participant: name,
    startedAt,
    milliseconds: Date.now() - start,
    tool,
    minLevel: 'SHOULD',
    ...demands,
    results,
    ...shownEvidence(all),
    ...notice(between.lost),
  });
};

const notice = (lost: number): { readonly notice?: string } =>
  lost === 0 ? {} : { notice: `${lost} exchanges were too many to be kept: what was not seen may have happened.` };

/** Judges each system that asked. */
const initiator = async (between: Between, participant: string, target: string): Promise<Report> => {
  const { pattern, dialect, conformance, startedAt, tool, demands } = between;
  const exchanges = between.exchanges.filter(({ from, to }) => from === participant || to === participant);
  const speaksHl7 = exchanges.some(({ kind }) => kind === 'mllp');
  const rules = await hl7Rules();
  const spoken = exchanges.some(({ kind }) => kind === 'http');
  const results = judgeJournal(
    of('initiator', [...(spoken ? conformance.requirements : []), ...(speaksHl7 ? rules.requirements : [])]),
    [...conformance.checks, ...rules.checks].map(without),
    { dialect, participant, exchanges, now: Date.now() },
  );
  const named = new Set(results.flatMap(({ checks }) => checks.flatMap(({ steps }) => steps)));
  return makeReport({
    pattern,
    dialect,
    target,
    role: 'initiator',
    participant,
    startedAt,
    milliseconds: Date.now() - startedAt.getTime(),
    tool,
    minLevel: 'SHOULD',
    ...demands,
    results,
    exchanges: exchanges.filter(({ id }) => named.has(id)).map(reportedExchange),
    ...notice(between.lost),
  });
};

/** Both sides of every way that something passed: who asked by what it sent, who answered by what it gave. */
export const judgeBetween = async (
  between: Between,
  ways: readonly { from: string; to: string; upstream: string }[],
) => {
  const asked = new Map(ways.map(({ from, upstream }) => [from, upstream]));
  const answers = new Map(ways.map(({ to, upstream }) => [to, upstream]));
  return [
    ...(await Promise.all([...asked].map(([from, upstream]) => initiator(between, from, upstream)))),
    ...(await Promise.all([...answers].map(([to, upstream]) => responder(between, to, upstream)))),
  ];
};
