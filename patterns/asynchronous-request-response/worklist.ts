import { find } from '../../sandbox/fhir/repository.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Choice, WorkItem, Worklist } from '../../sandbox/worklist.ts';
import { resourceOf } from './decisions.ts';
import { openTasks } from './provider.ts';

const reason = (suggestion: string) => ({ name: 'reason', title: 'Reason', suggestion });

const CHOICES: readonly (Omit<Choice, 'input'> & { readonly in: readonly string[] })[] = [
  { act: 'accept', title: 'Accept', in: ['requested', 'received', 'on-hold'] },
  {
    act: 'reject',
    title: 'Reject',
    in: ['requested', 'received', 'on-hold'],
    asks: reason('Does not meet the criteria'),
  },
  {
    act: 'ask-for-more',
    title: 'Ask for more',
    in: ['requested', 'received'],
    asks: reason('Please send the history'),
  },
  {
    act: 'complete',
    title: 'Done',
    in: ['accepted', 'in-progress'],
    asks: { name: 'reference', title: 'Reference', suggestion: 'CLINIC-2041' },
  },
  { act: 'fail', title: 'Failed', in: ['accepted', 'in-progress'], asks: reason('The workflow broke off') },
];

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

const referralOf = async (ctx: Ctx, task: FhirResource): Promise<FhirResource | undefined> => {
  const id = /^ServiceRequest\/(.+)$/.exec(String(member(task.focus, 'reference')))?.[1];
  const row = id === undefined ? undefined : await find(ctx, ctx.sql, 'ServiceRequest', id);
  return row === undefined || row.deleted ? undefined : resourceOf(row);
};

const itemOf = async (ctx: Ctx, task: FhirResource): Promise<WorkItem> => {
  const referral = await referralOf(ctx, task);
  const about = member(referral?.subject, 'reference') ?? member(task.for, 'reference') ?? 'somebody';
  const why = member(first(referral?.reasonCode), 'text');
  const added = member(first(referral?.note), 'text');
  const detail = [why, added].filter((text) => typeof text === 'string').join('. ');
  const { id = '' } = task;
  const state = String(task.status);
  return {
    id,
    title: `Referral of ${String(about)}`,
    ...(detail === '' ? {} : { detail }),
    state,
    since: Date.parse(String(task.authoredOn)),
    choices: CHOICES.filter((choice) => choice.in.includes(state)).map(({ in: _, ...choice }) => ({
      ...choice,
      input: { task: id },
    })),
  };
};

/** Referrals that wait for a decision, or for what was accepted to be done. */
export const worklist: Worklist = async (ctx) => {
  const tasks = await openTasks(ctx);
  return Promise.all(tasks.map((task) => itemOf(ctx, task)));
};
