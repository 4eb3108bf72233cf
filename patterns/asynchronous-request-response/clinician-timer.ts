import { read } from '../../sandbox/fhir/repository.ts';
import type { TimerHandler } from '../../sandbox/pattern.ts';
import { decide, isDecision, isFinal, resourceOf } from './decisions.ts';
import { writing } from './writing.ts';

const textOf = (data: unknown, name: string): string | undefined => {
  const value: unknown =
    typeof data === 'object' && data !== null ? Object.entries(data).find(([key]) => key === name)?.[1] : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** The clinician's time has come; who has decided meanwhile at the worklist is not overruled. */
export const clinicianDecides: TimerHandler = async ({ data }, ctx) => {
  const task = textOf(data, 'task') ?? '';
  const decision = textOf(data, 'decision');
  const reason = textOf(data, 'reason');
  if (!isDecision(decision)) return;
  await ctx.transaction(async (tx) => {
    if (isFinal(resourceOf(await read(ctx, tx, 'Task', task)))) return;
    await decide(writing(ctx), tx, task, { decision, ...(reason === undefined ? {} : { reason }) });
  });
};
