import { readdirSync, readFileSync } from 'node:fs';
import { lessonDeps } from '../../../sandbox/lesson-harness.test-data.ts';
import { parseScenario, type Scenario } from '../../../sandbox/scenario-shape.ts';
import type { ScenarioDeps, ScenarioSandbox } from '../../../sandbox/scenario-steps.ts';
import { loadThisPattern } from '../loaded.ts';
import type { Served } from './served.ts';

const FOLDER = new URL('../scenarios/', import.meta.url);

export const pattern = await loadThisPattern();
export const scenarios: readonly Scenario[] = readdirSync(FOLDER).map((file) =>
  parseScenario(readFileSync(new URL(file, FOLDER), 'utf8'), file.replace('.yaml', ''), file),
);

export const scenario = (id: string): Scenario => {
  const found = scenarios.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no scenario ${id}`);
  return found;
};

interface Playground {
  readonly sandbox: ScenarioSandbox;
  readonly deps: ScenarioDeps;
  readonly base: string;
}

/** Opens sandboxes in which lessons can be played, each a new one. */
export const playgrounds = (served: () => Served) => {
  let opened = 0;
  return async (dialect: string, seats: Record<string, 'external' | 'stopped'> = {}): Promise<Playground> => {
    opened += 1;
    const id = `s${opened}`;
    const base = await served().open(id, { dialect, seed: 1, people: 3, seats });
    return { ...(await lessonDeps(served(), pattern, id)), base };
  };
};
