import { type FhirMessage, writeMessage } from '../../sandbox/fhir/message.ts';
import { find, replace } from '../../sandbox/fhir/repository.ts';
import { within } from '../../sandbox/fhir/search/indexed-store.ts';
import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { unguarded, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Call } from '../../sandbox/pattern.ts';
import { CONFLICT, INVALID_RESOURCE, NOT_FOUND, problem, UNPROCESSABLE } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { openCase } from './cases.ts';
import { scheduleClinician } from './clinician.ts';
import { decide, isFinal, resourceOf } from './decisions.ts';
import { eventCoding, identifierOf, type Response, reasonOf } from './events.ts';
import { destinationOf, sourceOf } from './respond.ts';
import { takeIn } from './take-in.ts';

const only = (message: FhirMessage, type: string): FhirResource => {
  const found = message.focus.filter(({ resourceType }) => resourceType === type);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw problem(INVALID_RESOURCE, `The message has to be about one ${type}, and is about ${found.length}`, {
    at: 'Bundle.entry[0].resource.focus',
  });
};

/** The open Task about a referral, as the worklist has it. */
export const openTaskOf = async (ctx: WritingCtx, tx: Tx, referral: string) => {
  const query = new URLSearchParams({ focus: `ServiceRequest/${referral}`, _sort: '-_lastUpdated' });
  const found = await findMatches(within(tx, ctx.store), 'Task', query, 1);
  return found[0];
};

/** Cancels: the sender has read the referral before, and sends it back revoked (BaRS Core, cancel). */
const cancel = async (ctx: WritingCtx, tx: Tx, referral: FhirResource): Promise<void> => {
  const known = referral.id === undefined ? undefined : await find(ctx, tx, 'ServiceRequest', referral.id);
  const task = known === undefined ? undefined : await openTaskOf(ctx, tx, known.id);
  if (known === undefined || task === undefined)
    throw problem(NOT_FOUND, `There is no ServiceRequest/${String(referral.id)} that could be cancelled`, {
      at: 'ServiceRequest.id',
    });
  if (isFinal(resourceOf(task)))
    throw problem(
      CONFLICT,
      `ServiceRequest/${known.id} cannot be cancelled any more: its Task is ${String(resourceOf(task).status)}`,
    );
  await decide(ctx, tx, task.id, { decision: 'cancel', reason: 'Cancelled by whoever asked for it' });
};

/** More information about a referral that is on hold puts it on the worklist again. */
const amend = async (ctx: WritingCtx, tx: Tx, message: FhirMessage, referral: FhirResource): Promise<void> => {
  const task = await openTaskOf(ctx, tx, referral.id ?? '');
  if (task === undefined || isFinal(resourceOf(task)))
    throw problem(CONFLICT, `ServiceRequest/${String(referral.id)} is decided already`);
  await takeIn(unguarded(ctx), tx, message, { ...referral, status: 'active' });
  const { statusReason: _, ...asked } = resourceOf(task);
  const again = { ...asked, status: 'requested', businessStatus: { text: 'More information has come' } };
  await replace(
    unguarded(ctx),
    tx,
    { ...task, deleted: false },
    {
      ...again,
      resourceType: 'Task',
      lastModified: new Date(ctx.now()).toISOString(),
    },
  );
  await scheduleClinician(ctx, tx, task.id);
};

/** A referral: it is kept and put on the worklist, and nothing is decided yet. */
export const takeReferral = async (
  ctx: WritingCtx,
  tx: Tx,
  message: FhirMessage,
  call: Pick<Call, 'headers'>,
): Promise<void> => {
  const referral = only(message, 'ServiceRequest');
  if (referral.status === 'revoked' || referral.status === 'entered-in-error') return cancel(ctx, tx, referral);
  if (referral.status !== 'active')
    throw problem(
      UNPROCESSABLE,
      `A referral is active, or revoked to cancel it; this one is ${String(referral.status)}`,
      {
        at: 'ServiceRequest.status',
      },
    );
  const known = referral.id === undefined ? undefined : await find(ctx, tx, 'ServiceRequest', referral.id);
  if (known !== undefined && !known.deleted) return amend(ctx, tx, message, referral);
  const stored = await takeIn(unguarded(ctx), tx, message, referral);
  const task = await openCase(
    ctx,
    tx,
    { id: stored.id, resource: resourceOf(stored) },
    {
      message: message.bundleId ?? message.headerId,
      header: message.headerId,
      correlation: call.headers['x-correlation-id'] ?? null,
      request: call.headers['x-request-id'] ?? null,
    },
  );
  await scheduleClinician(ctx, tx, task.id);
};

/** A booking: the slot is free or not, so the answer is known at once (rules of writes: booking.ts). */
export const takeBooking = async (ctx: WritingCtx, tx: Tx, message: FhirMessage): Promise<FhirResource> => {
  const wanted = only(message, 'Appointment');
  const status = wanted.status === 'cancelled' ? 'cancelled' : 'booked';
  if (
    status === 'cancelled' &&
    (wanted.id === undefined || (await find(ctx, tx, 'Appointment', wanted.id)) === undefined)
  )
    throw problem(NOT_FOUND, `There is no Appointment/${String(wanted.id)} that could be cancelled`, {
      at: 'Appointment.id',
    });
  return resourceOf(await takeIn(ctx, tx, message, { ...wanted, status }));
};

/** The answer to a message, as a message. */
export const answerTo = (
  ctx: WritingCtx,
  message: FhirMessage,
  event: Response,
  focus: readonly FhirResource[],
): FhirResource =>
  writeMessage({
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: eventCoding(event),
    at: ctx.now(),
    base: ctx.fhirBases?.[0] ?? '',
    source: sourceOf(ctx),
    destination: message.source === '' ? destinationOf(ctx, 'requester') : message.source,
    response: {
      identifier: identifierOf(ctx, { bundle: message.bundleId ?? message.headerId, header: message.headerId }),
      code: 'ok',
    },
    header: reasonOf('new'),
    focus,
  });
