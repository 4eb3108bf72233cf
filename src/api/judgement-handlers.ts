import { sandboxNow } from '../../sandbox/clock.ts';
import { hl7Rules } from '../../sandbox/conformance/hl7-run.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import type { Conformance } from '../../sandbox/conformance/run.ts';
import { UsageError } from '../../sandbox/conformance/run-errors.ts';
import { runJournalConformance } from '../../sandbox/conformance/run-journal.ts';
import { checkWaivers, type Waiver } from '../../sandbox/conformance/waivers.ts';
import { whoAnswers } from '../../sandbox/conformance/who-answers.ts';
import type { PatternManifest } from '../../sandbox/manifest.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import { BAD_REQUEST, CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import { loadConformance } from '../catalogue-conformance.ts';
import type { Surroundings } from '../sandboxes/surroundings.ts';
import { openSandbox } from '../sandboxes/view.ts';
import type { ServiceHandlers } from './call.ts';
import { cursorOf } from './cursor.ts';
import { reportReply } from './report-reply.ts';

export interface JudgementOptions {
  readonly catalogue: Catalogue;
  readonly around: Surroundings;
  readonly tool: string;
}

interface Asked {
  readonly participant?: string;
  readonly after?: string;
  readonly until?: string;
  readonly minLevel?: Level;
  readonly minIndex?: number;
  readonly waivers?: readonly object[];
}

const listed = (names: readonly string[]): string => names.join(', ');

/** The one that was named, else the only seat that is taken by somebody else; it has to be one that starts something. */
const whom = (
  { participants }: LoadedSandbox,
  { participants: described }: PatternManifest,
  named?: string,
): string => {
  const starting = described.filter(({ starts }) => starts.length > 0).map(({ name }) => name);
  if (named !== undefined) {
    if (starting.includes(named)) return named;
    const detail = described.some(({ name }) => name === named)
      ? `The ${named} starts nothing, so its answers are judged: drive it (POST /api/conformance)`
      : `There is no participant ${named}; of those that start something there are ${listed(starting)}`;
    throw problem(BAD_REQUEST, detail, { at: '/participant' });
  }
  const external = participants.filter(({ name, mode }) => mode === 'external' && starting.includes(name));
  const [only] = external;
  if (only === undefined)
    throw problem(
      CONFLICT,
      `No seat that starts something is taken by an external system: take one (${listed(starting)}), or say whom to judge (participant)`,
    );
  if (external.length > 1)
    throw problem(BAD_REQUEST, `Say whom to judge: ${listed(external.map(({ name }) => name))}`, {
      at: '/participant',
    });
  return only.name;
};

const waiversOf = (
  given: readonly object[],
  rules: Pick<Conformance, 'requirements' | 'checks'>,
): readonly Waiver[] => {
  try {
    return checkWaivers(given, rules);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw problem(BAD_REQUEST, error.message, { at: '/waivers' });
  }
};

/** Judges external participants by what they did in a sandbox. */
export const judgementHandlers = ({ catalogue, around, tool }: JudgementOptions): ServiceHandlers => ({
  judgeParticipant: async ({ params, body, type }) => {
    // Valid against JudgementRequest of the contract.
    const asked = (body ?? {}) as Asked;
    const { host } = around;
    const sandbox = await openSandbox(host, params.sandboxId ?? '');
    const { row } = sandbox;
    const pattern = await host.pattern(row.pattern);
    const participant = whom(sandbox, pattern.manifest, asked.participant);
    const own = await loadConformance(catalogue, row.pattern);
    const hl7 = await hl7Rules();
    const conformance = {
      requirements: [...own.requirements, ...hl7.requirements],
      checks: [...own.checks, ...hl7.checks],
    };
    const report = await runJournalConformance(conformance, {
      journal: host.journal,
      sandbox: row,
      now: sandboxNow(row, host.now()),
      pattern: row.pattern,
      dialect: row.dialect,
      participant,
      answers: whoAnswers(pattern, row.dialect, participant),
      target: `${host.publicUrl()}/sandboxes/${row.id}`,
      tool,
      waivers: waiversOf(asked.waivers ?? [], conformance),
      ...(asked.minLevel === undefined ? {} : { minLevel: asked.minLevel }),
      ...(asked.minIndex === undefined ? {} : { minIndex: asked.minIndex }),
      ...(asked.after === undefined ? {} : { after: cursorOf(asked.after, '/after') }),
      ...(asked.until === undefined ? {} : { until: cursorOf(asked.until, '/until') }),
    });
    return reportReply(report, type);
  },
});
