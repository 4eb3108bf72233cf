import { create } from '../../sandbox/fhir/repository.ts';
import type { FhirResource, StoredResource } from '../../sandbox/fhir/stored.ts';
import { unguarded, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** A referral that somebody has to decide about: its Task, and to whom the answer goes. */
export interface Case {
  readonly task: string;
  /** Of the message that brought it; absent where it was created over REST, so that its Task and status tell how it stands. */
  readonly message: string | null;
  readonly header: string | null;
  readonly correlation: string | null;
  readonly request: string | null;
  /** Of the asynchronous interaction that waits for it. */
  readonly job: string | null;
  /** Where HL7 v2 brought it: as much of the REF as its answer needs (hl7-answers.ts). */
  readonly hl7: string | null;
}

const SELECT = 'select task, message, header, correlation, request, job, hl7 from rra_case where store = $1';

export const findCase = async (ctx: Ctx, reader: Reader, task: string): Promise<Case | undefined> =>
  (await reader.query<Case>(`${SELECT} and task = $2`, [ctx.store, task]))[0];

export const caseOfJob = async (ctx: Ctx, reader: Reader, job: string): Promise<Case | undefined> =>
  (await reader.query<Case>(`${SELECT} and job = $2`, [ctx.store, job]))[0];

/** Puts a referral on the worklist: a Task in status requested, about the ServiceRequest, which anybody may read. */
export const openCase = async (
  ctx: WritingCtx,
  tx: Tx,
  referral: { readonly id: string; readonly resource: FhirResource },
  about: Partial<Omit<Case, 'task'>>,
): Promise<StoredResource> => {
  const now = new Date(ctx.now()).toISOString();
  const { subject, requester } = referral.resource;
  const task = await create(unguarded(ctx), tx, {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    description: 'A referral waits for a decision',
    focus: { reference: `ServiceRequest/${referral.id}` },
    ...(subject === undefined ? {} : { for: subject }),
    ...(requester === undefined ? {} : { requester }),
    authoredOn: now,
    lastModified: now,
  });
  await tx.query(
    `insert into rra_case (store, task, message, header, correlation, request, job, hl7)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ctx.store,
      task.id,
      about.message ?? null,
      about.header ?? null,
      about.correlation ?? null,
      about.request ?? null,
      about.job ?? null,
      about.hl7 ?? null,
    ],
  );
  return task;
};

/** The answer goes to the newest of the messages about a referral. */
export const noteBrought = async (ctx: Ctx, tx: Tx, task: string, hl7: string): Promise<void> => {
  await tx.query('update rra_case set hl7 = $3 where store = $1 and task = $2', [ctx.store, task, hl7]);
};
