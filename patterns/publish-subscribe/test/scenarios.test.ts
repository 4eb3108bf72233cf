import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lessonDeps, notAsExpected } from '../../../sandbox/lesson-harness.test-data.ts';
import { type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { parseScenario, type Scenario, stepsIn } from '../../../sandbox/scenario-shape.ts';
import { playScenario } from '../../../sandbox/scenarios.ts';
import { loadThisPattern } from '../loaded.ts';

const folder = new URL('../scenarios/', import.meta.url);
const scenarios: readonly Scenario[] = readdirSync(folder).map((file) =>
  parseScenario(readFileSync(new URL(file, folder), 'utf8'), file.replace('.yaml', ''), file),
);
const pattern = loadThisPattern();
let played: Played;
beforeAll(async () => {
  played = await play(pattern);
});
afterAll(() => played.close());

const PLAYS = scenarios.flatMap((one) =>
  pattern.manifest.dialects
    .filter((dialect) => one.dialects?.includes(dialect) ?? true)
    .map((dialect) => [one.id, dialect] as const),
);

describe('every lesson', () => {
  it.each(PLAYS)('%s plays as written in %s, and again from the beginning', async (id, dialect) => {
    const name = `${dialect}-${id}`;
    await played.open(name, { dialect, seed: 1, people: 3 });
    const { deps, sandbox } = await lessonDeps(played, pattern, name);
    const lesson = scenarios.find((one) => one.id === id);
    if (lesson === undefined) throw new Error(`no scenario ${id}`);
    const first = await playScenario(deps, sandbox, lesson);
    expect(notAsExpected(first)).toEqual([]);
    expect(first).toMatchObject({ played: stepsIn(lesson, dialect).length, finished: true });
    await playScenario(deps, sandbox, lesson, 1);
    const again = await playScenario(deps, sandbox, lesson);
    expect(notAsExpected(again)).toEqual([]);
    expect(again).toMatchObject({ finished: true });
  });
});
