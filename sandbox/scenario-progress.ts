import { CONFLICT, problem } from './problem.ts';
import type { Reader, Tx } from './sql/port.ts';

export type StepOutcome = 'as-expected' | 'not-as-expected';

/** What a played step came to; what its exchanges held stays in the journal. */
export interface PlayedStep {
  readonly outcome: StepOutcome;
  readonly detail?: string;
  readonly exchanges: readonly string[];
  /** Where the journal stood when the step was done. */
  readonly cursor: number;
  /** What the act returned, unless it is large. */
  readonly result?: unknown;
}

/** How far a scenario was played, and where the journal stood when it began. */
export interface Progress {
  readonly start: number;
  readonly steps: readonly PlayedStep[];
}

export const loadProgress = async (reader: Reader, serial: number, scenario: string): Promise<Progress | undefined> => {
  const [row] = await reader.query<{ results: string }>(
    'select results from scenario_progress where serial = $1 and scenario = $2',
    [serial, scenario],
  );
  // Written by saveProgress, from a Progress.
  return row && (JSON.parse(row.results) as Progress);
};

/** Scenario → how many steps have been played. */
export const playedCounts = async (reader: Reader, serial: number): Promise<ReadonlyMap<string, number>> => {
  const rows = await reader.query<{ scenario: string; played: number }>(
    'select scenario, played from scenario_progress where serial = $1',
    [serial],
  );
  return new Map(rows.map(({ scenario, played }) => [scenario, played]));
};

/** Replaces the progress, unless somebody else has played the scenario since it was read. */
export const saveProgress = async (
  tx: Tx,
  key: { readonly serial: number; readonly scenario: string },
  before: number,
  progress: Progress,
): Promise<void> => {
  const saved = await tx.query(
    `insert into scenario_progress (serial, scenario, played, results) values ($1, $2, $3, $4)
     on conflict (serial, scenario) do update set played = $3, results = $4 where scenario_progress.played = $5
     returning played`,
    [key.serial, key.scenario, progress.steps.length, JSON.stringify(progress), before],
  );
  if (saved.length === 0) throw problem(CONFLICT, 'The scenario is being played by somebody else at the same time');
};
