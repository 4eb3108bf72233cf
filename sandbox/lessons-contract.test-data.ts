import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadedPattern } from './http/host.ts';
import { lessonDeps, notAsExpected } from './lesson-harness.test-data.ts';
import { type Played, play } from './pattern-harness.test-data.ts';
import { parseScenario, type Scenario, stepsIn } from './scenario-shape.ts';
import { playScenario } from './scenarios.ts';

/** The tests of a pattern's lessons: each plays as it is written, in every dialect, and again in the same sandbox. */
export const lessonsContract = (pattern: LoadedPattern, folder: URL): void => {
  const scenarios: readonly Scenario[] = readdirSync(folder).map((file) =>
    parseScenario(readFileSync(new URL(file, folder), 'utf8'), file.replace('.yaml', ''), file),
  );
  let played: Played;
  beforeAll(async () => {
    played = await play(pattern);
  });
  afterAll(() => played.close());

  const plays = scenarios.flatMap((one) =>
    pattern.manifest.dialects
      .filter((dialect) => one.dialects?.includes(dialect) ?? true)
      .map((dialect) => [one.id, dialect] as const),
  );

  describe('every lesson', () => {
    it.each(plays)('%s plays as written in %s, and again from the beginning', async (id, dialect) => {
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
      // What a lesson does on purpose is nothing that whoever runs the service has to be told of.
      expect(played.logged).toEqual([]);
    });
  });
};
