import type { Journal, SandboxKey } from '../journal.ts';
import type { Stimulus } from './check.ts';
import { gatherJournal, type JournalRange } from './gather-journal.ts';
import type { JournalEvidence, SeenExchange, SeenHalf } from './journal-evidence.ts';
import { judgeJournal, type RequirementResult } from './judge.ts';
import { makeReport, type Report, type ReportedExchange } from './report.ts';
import type { Conformance, Demands } from './run.ts';
import { struckBy, type WhoAnswers } from './who-answers.ts';

export interface JournalRunOptions extends JournalRange, Demands {
  readonly journal: Pick<Journal, 'page' | 'flush'>;
  readonly sandbox: SandboxKey;
  readonly pattern: string;
  readonly dialect: string;
  readonly participant: string;
  /** Whose replies a fault spoils where the check does not say, and nobody was asked yet. */
  readonly answers: WhoAnswers;
  /** The sandbox, as the report names it. */
  readonly target: string;
  /** Who reports: a name, with its version where it has one. */
  readonly tool: string;
}

const textOf = ({ headers, body }: SeenHalf) => ({ headers, body });

const WHY = {
  gone: 'whoever asked had hung up',
  dropped: 'the connection was closed without a reply',
  pending: 'no reply yet',
} as const;

/** As a report shows it. */
export const reportedExchange = ({ id, request, reply, noReply, ...of }: SeenExchange): ReportedExchange => ({
  step: id,
  request: { method: request.method, url: request.url, ...textOf(request) },
  ...(of.kind === 'message' || of.kind === 'timer'
    ? {}
    : reply === undefined
      ? { broken: { how: 'dropped', detail: of.note ?? WHY[noReply ?? 'dropped'] } }
      : { reply: { status: reply.status, ...textOf(reply) } }),
  milliseconds: of.ended - of.began,
  journal: {
    from: of.from,
    to: of.to,
    at: new Date(of.at).toISOString(),
    realAt: new Date(of.began).toISOString(),
    ...(of.fault === undefined ? {} : { fault: of.fault }),
    ...(of.note === undefined ? {} : { note: of.note }),
  },
});

/** Only what a verdict rests on: the journal has the rest. */
const behind = (results: readonly RequirementResult[], { exchanges }: JournalEvidence): ReportedExchange[] => {
  const named = new Set(results.flatMap(({ checks }) => checks.flatMap(({ steps }) => steps)));
  return exchanges.filter(({ id }) => named.has(id)).map(reportedExchange);
};

type Complete = (stimulus: Stimulus) => Stimulus;

/** A stimulus that can be switched on as it stands. */
const completeFor =
  (evidence: JournalEvidence, answers: WhoAnswers): Complete =>
  (stimulus) => {
    const { fault } = stimulus;
    if (fault === undefined) return stimulus;
    return { ...stimulus, fault: { participant: struckBy(evidence, answers, fault.effect), ...fault } };
  };

const withFaults = (results: readonly RequirementResult[], complete: Complete): readonly RequirementResult[] =>
  results.map((result) => ({
    ...result,
    checks: result.checks.map((check) =>
      check.stimulus === undefined ? check : { ...check, stimulus: complete(check.stimulus) },
    ),
  }));

/** Judges a participant by what the sandbox recorded of it. Throws BAD_REQUEST where that is more than can be judged. */
export const runJournalConformance = async (
  { requirements, checks }: Pick<Conformance, 'requirements' | 'checks'>,
  options: JournalRunOptions,
): Promise<Report> => {
  const { pattern, dialect, participant, target, tool, minLevel = 'SHOULD', minIndex, waivers } = options;
  const startedAt = new Date();
  const began = performance.now();
  const { evidence, gaps } = await gatherJournal(options.journal, options.sandbox, { participant, dialect }, options);
  const speaksHl7 = dialect.startsWith('hl7v2') || evidence.exchanges.some(({ kind }) => kind === 'mllp');
  const binding = requirements.filter(({ over }) => over !== 'mllp' || speaksHl7);
  const results = withFaults(judgeJournal(binding, checks, evidence), completeFor(evidence, options.answers));
  return makeReport({
    pattern,
    dialect,
    target,
    role: 'initiator',
    participant,
    startedAt,
    milliseconds: Math.round(performance.now() - began),
    tool,
    minLevel,
    ...(minIndex === undefined ? {} : { minIndex }),
    ...(waivers === undefined ? {} : { waivers }),
    results,
    exchanges: behind(results, evidence),
    ...(gaps === 0
      ? {}
      : {
          notice:
            'The journal says that some exchanges were not recorded, or are gone: what was not seen may have happened.',
        }),
  });
};
