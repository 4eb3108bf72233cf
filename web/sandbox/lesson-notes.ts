import type { PlayedStep, ScenarioRun } from '../data/sandbox-types.ts';

/** What the page remembers of its lessons while other tabs are open: which was chosen, and how each step went. */
export interface LessonNotes {
  chosen: string | undefined;
  /** By lesson, then by step. */
  readonly results: Map<string, ReadonlyMap<number, PlayedStep>>;
}

export const createLessonNotes = (): LessonNotes => ({ chosen: undefined, results: new Map() });

/** Adds what was played; a run that began with the first step replaces what an earlier one came to. */
export const noteRun = ({ results }: LessonNotes, lesson: string, { steps }: ScenarioRun): void => {
  const known = new Map(steps[0]?.step === 1 ? [] : results.get(lesson));
  for (const played of steps) known.set(played.step, played);
  results.set(lesson, known);
};

/** How a step went, unless the lesson has been started again since, by somebody else. */
export const resultOf = (
  { results }: LessonNotes,
  lesson: { readonly id: string; readonly played: number },
  step: number,
): PlayedStep | undefined => (step <= lesson.played + 1 ? results.get(lesson.id)?.get(step) : undefined);
