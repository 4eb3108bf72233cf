import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsExpected } from '../../../sandbox/lesson-harness.test-data.ts';
import { stepsIn } from '../../../sandbox/scenario-shape.ts';
import { playScenario } from '../../../sandbox/scenarios.ts';
import { pattern, playgrounds, scenario, scenarios } from './lessons.test-data.ts';
import { type Served, serve } from './served.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const open = playgrounds(() => served);

const PLAYS = scenarios.flatMap((one) =>
  pattern.manifest.dialects
    .filter((dialect) => one.dialects?.includes(dialect) ?? true)
    .map((dialect) => [one.id, dialect] as const),
);

describe('every lesson', () => {
  it.each(PLAYS)('%s plays as written in %s, and again from the beginning', async (id, dialect) => {
    const { deps, sandbox } = await open(dialect);
    const lesson = scenario(id);
    const count = stepsIn(lesson, dialect).length;
    const first = await playScenario(deps, sandbox, lesson);
    expect(notAsExpected(first)).toEqual([]);
    expect(first).toMatchObject({ played: count, finished: true });
    await playScenario(deps, sandbox, lesson, 1);
    const again = await playScenario(deps, sandbox, lesson);
    expect(notAsExpected(again)).toEqual([]);
    expect(again).toMatchObject({ played: count, finished: true });
  });

  it.each(PLAYS)('%s in %s names acts and operations that there are', (id, dialect) => {
    for (const step of stepsIn(scenario(id), dialect)) {
      if (step.turn === 'sandbox') continue;
      expect(Object.keys(pattern.app.acts?.[step.turn] ?? {})).toContain(step.act);
      expect(step.operation).toBeDefined();
    }
  });

  it('is told in a scenario of at least four steps that is real traffic', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(4);
    for (const one of scenarios)
      expect(one.steps.filter(({ act }) => act !== undefined).length).toBeGreaterThanOrEqual(3);
  });
});
