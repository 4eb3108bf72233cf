import { keepSlots } from '../../sandbox/booking.ts';
import { find, replace } from '../../sandbox/fhir/repository.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { type BeforeWrite, type Change, unguarded, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { findCase, openCase } from './cases.ts';
import { scheduleClinician } from './clinician.ts';
import { sayDecided } from './decided.ts';
import { DECISIONS, decisionOf, isFinal, resourceOf } from './decisions.ts';
import { enqueueResponse } from './respond.ts';

const referralOf = (task: FhirResource): string | undefined => {
  const { focus } = task;
  const reference = typeof focus === 'object' && focus !== null && 'reference' in focus ? String(focus.reference) : '';
  return /^ServiceRequest\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1];
};

/** Why it was decided so, else what was decided. */
const reasonOf = ({ statusReason, businessStatus }: FhirResource): string =>
  [statusReason, businessStatus]
    .map((one) => (typeof one === 'object' && one !== null && 'text' in one ? one.text : undefined))
    .find((text) => typeof text === 'string') ?? '';

/** The ServiceRequest follows its Task, and whoever waits for an answer gets one. */
const follow = async (ctx: WritingCtx, tx: Tx, { id }: Change, after: FhirResource): Promise<void> => {
  const decision = decisionOf(after.status);
  const referral = referralOf(after);
  const row = referral === undefined ? undefined : await find(ctx, tx, 'ServiceRequest', referral);
  if (row === undefined || row.deleted) return;
  const before = resourceOf(row);
  const status = decision === undefined ? before.status : DECISIONS[decision].referral;
  const made =
    status === before.status ? before : resourceOf(await replace(unguarded(ctx), tx, row, { ...before, status }));
  const known = await findCase(ctx, tx, id);
  if (known === undefined) return;
  const { hl7: brought } = known;
  if (brought !== null) await sayDecided(ctx, tx, { brought, task: id, decision, text: reasonOf(after) });
  else await enqueueResponse(ctx, tx, known, { task: after, referral: made });
};

/**
 * The provider's rules about writes, whichever interaction they come from: a new ServiceRequest gets a Task on the worklist;
 * a Task whose status changes is a decision, which the ServiceRequest follows and which is sent to whoever waits for it; and
 * what is decided for good stays so.
 */
const keepCases: BeforeWrite = async (ctx, tx, change) => {
  const { type, id, before, after } = change;
  if (after === undefined) return;
  if (type === 'ServiceRequest' && before === undefined && after.status === 'active') {
    const task = await openCase(ctx, tx, { id, resource: after }, {});
    await scheduleClinician(ctx, tx, task.id);
    return;
  }
  if (type !== 'Task' || before === undefined) return;
  const was = resourceOf(before);
  if (was.status === after.status) return;
  if (isFinal(was))
    throw problem(CONFLICT, `Task/${id} is ${String(was.status)}, which is final`, { at: 'Task.status' });
  await follow(ctx, tx, change, after);
};

/** All rules about writes at a participant of this pattern. */
export const keepRules: BeforeWrite = async (ctx, tx, change) => {
  if (ctx.participant.name !== 'provider') return;
  await keepSlots(ctx, tx, change);
  await keepCases(ctx, tx, change);
};
