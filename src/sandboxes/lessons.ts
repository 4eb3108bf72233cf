import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Scenario } from '../../sandbox/scenario-shape.ts';
import type { ScenarioDeps, ScenarioSandbox } from '../../sandbox/scenario-steps.ts';
import { listScenarios, playScenario } from '../../sandbox/scenarios.ts';
import { within } from '../../sandbox/within.ts';
import { runAct } from './acts.ts';
import { advanceClock } from './clock.ts';
import type { Actor } from './control.ts';
import type { Surroundings } from './surroundings.ts';
import { setFaults } from './switch-faults.ts';
import { openSandbox } from './view.ts';

/** How long a step may take to settle before the next one is played all the same; real milliseconds. */
const SETTLE_MS = 5_000;

const asPlayed = async ({ host }: Surroundings, id: string): Promise<ScenarioSandbox & { pattern: string }> => {
  const { row, participants } = await openSandbox(host, id);
  return { id, serial: row.serial, dialect: row.dialect, pattern: row.pattern, participants };
};

/** The lessons of the sandbox's pattern that fit its dialect, and how far each was played. */
export const listLessons = async (around: Surroundings, id: string) => {
  const sandbox = await asPlayed(around, id);
  return listScenarios(around.host, sandbox, await around.scenarios(sandbox.pattern));
};

const findScenario = (scenarios: readonly Scenario[], id: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.id).join(', ');
  throw problem(NOT_FOUND, `There is no scenario ${id}; there are ${known === '' ? 'none' : known}`);
};

/** Plays one step, or all that remain up to somebody else's turn, by the same operations that a person has. */
export const playLesson = async (
  around: Surroundings,
  actor: Actor,
  id: string,
  scenario: string,
  step: number | undefined,
) => {
  const sandbox = await asPlayed(around, id);
  const lesson = findScenario(await around.scenarios(sandbox.pattern), scenario);
  const { sql, journal } = around.host;
  const deps: ScenarioDeps = {
    sql,
    journal,
    act: (participant, act, input) => runAct(around, actor, { sandbox: id, participant, act, input }),
    setFaults: (faults) => setFaults(around, actor, id, faults),
    advance: (duration) => advanceClock(around, actor, id, duration),
    settled: () => within(around.messages.settled(sandbox), SETTLE_MS),
  };
  return playScenario(deps, sandbox, lesson, step);
};
