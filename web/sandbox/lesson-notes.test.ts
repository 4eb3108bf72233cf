import { describe, expect, it } from 'vitest';
import type { ScenarioRun } from '../data/sandbox-types.ts';
import { createLessonNotes, noteRun, resultOf } from './lesson-notes.ts';

const run = (...steps: readonly number[]): ScenarioRun => ({
  played: steps.at(-1) ?? 0,
  finished: false,
  steps: steps.map((step) => ({ step, title: `step ${step}`, outcome: 'as-expected', exchanges: [`x${step}`] })),
});

describe('what the page remembers of a lesson', () => {
  it('adds up over runs that go on', () => {
    const notes = createLessonNotes();
    noteRun(notes, 'a', run(1));
    noteRun(notes, 'a', run(2, 3));
    expect([...(notes.results.get('a')?.keys() ?? [])]).toEqual([1, 2, 3]);
  });

  it('begins anew with a run from the first step, and leaves other lessons alone', () => {
    const notes = createLessonNotes();
    noteRun(notes, 'a', run(1, 2));
    noteRun(notes, 'b', run(1, 2));
    noteRun(notes, 'a', run(1));
    expect([...(notes.results.get('a')?.keys() ?? [])]).toEqual([1]);
    expect(notes.results.get('b')?.size).toBe(2);
  });

  it.each([
    [2, 2, 'x2'],
    [1, 2, 'x2'],
    [0, 2, undefined],
  ])('with %i steps played now, step %i shows %s', (played, step, exchange) => {
    const notes = createLessonNotes();
    noteRun(notes, 'a', run(1, 2));
    expect(resultOf(notes, { id: 'a', played }, step)?.exchanges[0]).toBe(exchange);
  });
});
