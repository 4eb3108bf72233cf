import { read, replace } from '../../sandbox/fhir/repository.ts';
import type { FhirResource, StoredRow } from '../../sandbox/fhir/stored.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** What a person can decide, and the status of the Task and of the ServiceRequest that follow. */
export const DECISIONS = {
  accept: { task: 'accepted', referral: 'active', says: 'The referral was accepted' },
  reject: { task: 'rejected', referral: 'revoked', says: 'The referral was rejected' },
  ask: { task: 'on-hold', referral: 'on-hold', says: 'More information is needed before the referral can be decided' },
  complete: { task: 'completed', referral: 'completed', says: 'What was asked for has been done' },
  fail: { task: 'failed', referral: 'revoked', says: 'What was asked for could not be done' },
  cancel: { task: 'cancelled', referral: 'revoked', says: 'The referral was cancelled' },
} as const;
export type Decision = keyof typeof DECISIONS;

export const isDecision = (value: unknown): value is Decision =>
  typeof value === 'string' && Object.hasOwn(DECISIONS, value);

/** After these nothing is decided any more; every other answer is an interim one (FHIR R4 task.html, state machine). */
const FINAL: readonly unknown[] = ['rejected', 'completed', 'failed', 'cancelled', 'entered-in-error'];
export const isFinal = (task: FhirResource): boolean => FINAL.includes(task.status);

export const decisionOf = (status: unknown): Decision | undefined =>
  Object.keys(DECISIONS)
    .filter(isDecision)
    .find((decision) => DECISIONS[decision].task === status);

// What lies in the store was validated as a resource when it was written.
export const resourceOf = (row: Pick<StoredRow, 'body'>): FhirResource => JSON.parse(row.body) as FhirResource;

export interface Decided {
  readonly decision: Decision;
  readonly reason?: string;
  /** What came of it, such as the reference of a booking. */
  readonly reference?: string;
}

/** Decides about the Task; the rule about writes (rules.ts) sees to what follows from it. */
export const decide = async (ctx: WritingCtx, tx: Tx, id: string, decided: Decided): Promise<StoredRow> => {
  const row = await read(ctx, tx, 'Task', id);
  const task = resourceOf(row);
  if (isFinal(task)) throw problem(CONFLICT, `Task/${id} is ${String(task.status)}: nothing is to be decided any more`);
  const { decision, reason, reference } = decided;
  const { task: status, says } = DECISIONS[decision];
  const output = { type: { text: 'Reference of the outcome' }, valueString: reference };
  await replace(ctx, tx, row, {
    ...task,
    status,
    businessStatus: { text: says },
    ...(reason === undefined ? {} : { statusReason: { text: reason } }),
    ...(reference === undefined ? {} : { output: [output] }),
    lastModified: new Date(ctx.now()).toISOString(),
  });
  return row;
};
