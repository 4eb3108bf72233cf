import { faultRows } from './faults.ts';
import { CONFLICT, NOT_FOUND, problem } from './problem.ts';
import {
  loadProgress,
  type PlayedStep,
  type Progress,
  playedCounts,
  type StepOutcome,
  saveProgress,
} from './scenario-progress.ts';
import { expectationIn, isIn, type Scenario, type Step, stepsIn } from './scenario-shape.ts';
import {
  cursorNow,
  type Playing,
  playAct,
  playSandbox,
  type ScenarioDeps,
  type ScenarioSandbox,
  seekYours,
} from './scenario-steps.ts';

/** Scenario of openapi/service.yaml. */
export interface ScenarioView {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly played: number;
  readonly steps: readonly {
    readonly title: string;
    readonly narration: string;
    readonly turn: string;
    readonly yours?: boolean;
    readonly expect?: string;
  }[];
}

/** ScenarioRun of openapi/service.yaml. */
export interface ScenarioRun {
  readonly played: number;
  readonly finished: boolean;
  readonly waitingFor?: string;
  readonly steps: readonly {
    readonly step: number;
    readonly title: string;
    readonly outcome: StepOutcome;
    readonly detail?: string;
    readonly exchanges: readonly string[];
  }[];
}

const modeOf = (sandbox: ScenarioSandbox, name: string) => sandbox.participants.find((one) => one.name === name)?.mode;

/** The lessons that fit the sandbox's dialect, and how far each has been played. */
export const listScenarios = async (
  { sql }: Pick<ScenarioDeps, 'sql'>,
  sandbox: ScenarioSandbox,
  scenarios: readonly Scenario[],
): Promise<readonly ScenarioView[]> => {
  const played = await playedCounts(sql, sandbox.serial);
  return scenarios
    .filter((scenario) => isIn(scenario, sandbox.dialect))
    .map((scenario) => ({
      id: scenario.id,
      title: scenario.title,
      summary: scenario.summary,
      played: played.get(scenario.id) ?? 0,
      steps: stepsIn(scenario, sandbox.dialect).map((step) => {
        const { say } = expectationIn(step, sandbox.dialect);
        return {
          title: step.title,
          narration: step.narration,
          turn: step.turn,
          ...(modeOf(sandbox, step.turn) === 'external' ? { yours: true } : {}),
          ...(say === undefined ? {} : { expect: say }),
        };
      }),
    }));
};

/** Where to go on from; undefined for a new beginning, where the first step is asked for, or nothing was played yet. */
const goesOnFrom = (
  steps: readonly Step[],
  before: Progress | undefined,
  asked: number | undefined,
): Progress | undefined => {
  const done = before?.steps ?? [];
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 1 || asked > steps.length))
    throw problem(CONFLICT, `There is no step ${asked}; the scenario has ${steps.length}`, { at: '/step' });
  if (asked !== undefined && asked > done.length + 1)
    throw problem(CONFLICT, `Step ${done.length + 1} comes before step ${asked}`, { at: '/step' });
  if (before === undefined || (asked === 1 && done.length > 0)) return undefined;
  return { start: before.start, steps: asked === undefined ? done : done.slice(0, asked - 1) };
};

/** Plays a step; undefined where it is somebody else's turn and the journal does not hold it yet. */
const playStep = async (playing: Playing, step: Step): Promise<{ done?: PlayedStep; seen?: PlayedStep }> => {
  const mode = modeOf(playing.sandbox, step.turn);
  if (mode === 'stopped') throw problem(CONFLICT, `${step.turn} is stopped; it is its turn`);
  if (mode === 'external') return seekYours(playing, step);
  return { done: await (step.act === undefined ? playSandbox : playAct)(playing, step) };
};

/**
 * Plays what is left of a lesson that is begun again, as far as nobody else's turn comes: its last steps put back what the
 * first ones changed. How they go is of no interest.
 */
const playToTheEnd = async (
  playing: Omit<Playing, 'done' | 'after'>,
  steps: readonly Step[],
  before: Progress,
): Promise<void> => {
  let { steps: done } = before;
  if (done.length === 0) return;
  for (const step of steps.slice(done.length)) {
    if (!['simulated', undefined].includes(modeOf(playing.sandbox, step.turn))) return;
    const played = await playStep({ ...playing, done, after: before.start }, step);
    if (played.done !== undefined) done = [...done, played.done];
  }
};

/** Plays one step, or without `asked` all that remain up to one that is not as expected or is somebody else's turn. */
export const playScenario = async (
  deps: ScenarioDeps,
  sandbox: ScenarioSandbox,
  scenario: Scenario,
  asked?: number,
): Promise<ScenarioRun> => {
  if (!isIn(scenario, sandbox.dialect))
    throw problem(NOT_FOUND, `${scenario.id} is no lesson of the dialect ${sandbox.dialect}`);
  const key = { serial: sandbox.serial, scenario: scenario.id };
  const steps = stepsIn(scenario, sandbox.dialect);
  const before = await loadProgress(deps.sql, sandbox.serial, scenario.id);
  const from = goesOnFrom(steps, before, asked);
  let progress: Progress = from ?? { start: before?.start ?? 0, steps: [] };
  let saved = before?.steps.length ?? 0;
  const save = async (next: Progress): Promise<void> => {
    const expected = saved;
    await deps.sql.transaction((tx) => saveProgress(tx, key, expected, next));
    saved = next.steps.length;
    progress = next;
  };
  await save(progress);
  if (from === undefined) {
    if (before !== undefined) await playToTheEnd({ deps, sandbox }, steps, before);
    // Those of another lesson, too, that was left before its end.
    if ((await faultRows(deps.sql, sandbox.serial)).length > 0) await deps.setFaults([]);
    await save({ start: await cursorNow(deps, sandbox), steps: [] });
  }
  const told: ScenarioRun['steps'][number][] = [];
  const tell = (number: number, title: string, { outcome, detail, exchanges }: PlayedStep): void => {
    told.push({ step: number, title, outcome, ...(detail === undefined ? {} : { detail }), exchanges });
  };
  let waitingFor: string | undefined;
  for (const [index, step] of steps.entries()) {
    if (index < progress.steps.length) continue;
    const after = progress.steps.at(-1)?.cursor ?? progress.start;
    const { done, seen } = await playStep({ deps, sandbox, done: progress.steps, after }, step);
    if (done === undefined) {
      waitingFor = step.turn;
      if (seen !== undefined) tell(index + 1, step.title, seen);
      break;
    }
    await save({ ...progress, steps: [...progress.steps, done] });
    tell(index + 1, step.title, done);
    if (asked !== undefined || done.outcome === 'not-as-expected') break;
  }
  const played = progress.steps.length;
  return {
    played,
    finished: played === steps.length,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    steps: told,
  };
};
