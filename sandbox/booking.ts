import { find, replace } from './fhir/repository.ts';
import { within } from './fhir/search/indexed-store.ts';
import { findMatches } from './fhir/search/query.ts';
import type { FhirResource, StoredRow } from './fhir/stored.ts';
import { type BeforeWrite, type Change, unguarded, type WritingCtx } from './fhir/write-guard.ts';
import type { Ctx } from './pattern.ts';
import { type Problem, problem } from './problem.ts';
import type { Tx } from './sql/port.ts';

/** Somebody else has it: the same request may succeed with another slot. */
export const SLOT_TAKEN: Problem = {
  condition: 'slot-taken',
  status: 409,
  title: 'The slot is taken',
  issue: 'conflict',
};
/** It could never succeed: the slot does not exist, or the times do not fit. */
export const INVALID_BOOKING: Problem = {
  condition: 'invalid-booking',
  status: 422,
  title: 'The appointment cannot be booked',
  issue: 'business-rule',
};

/** An appointment in one of these states takes no slot; in any other it does (FHIR R4 valueset-appointmentstatus). */
const TAKES_NONE: readonly string[] = ['proposed', 'waitlist', 'cancelled', 'entered-in-error'];
const REFERENCE = /(?:^|\/)Slot\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;
const DAY = 86_400_000;

interface Wanted {
  readonly id: string;
  readonly at: string;
}

const readSlotReference = (ctx: WritingCtx, value: unknown, index: number): Wanted => {
  const at = `Appointment.slot[${index}]`;
  const reference = typeof value === 'object' && value !== null && 'reference' in value ? value.reference : undefined;
  const id = typeof reference === 'string' ? REFERENCE.exec(reference)?.[1] : undefined;
  const elsewhere =
    typeof reference === 'string' &&
    reference.includes('://') &&
    !ctx.fhirBases?.some((base) => reference.startsWith(`${base}/`));
  if (id === undefined || elsewhere)
    throw problem(INVALID_BOOKING, `${at} has to refer to a Slot of this server, such as Slot/marlow-day1-0900`, {
      at,
    });
  return { id, at };
};

/** The slots that an appointment takes. */
const slotsOf = (ctx: WritingCtx, appointment: FhirResource | undefined): Wanted[] => {
  if (
    appointment === undefined ||
    TAKES_NONE.some((status) => status === appointment.status) ||
    !Array.isArray(appointment.slot)
  )
    return [];
  return appointment.slot.map((one, index) => readSlotReference(ctx, one, index));
};

interface Slot {
  readonly row: StoredRow;
  readonly resource: FhirResource;
  readonly from: number;
  readonly to: number;
}

const slotOf = (row: StoredRow): Slot => {
  // What lies in the store was validated as a Slot when it was written.
  const resource = JSON.parse(row.body) as FhirResource & { start: string; end: string };
  return { row, resource, from: Date.parse(resource.start), to: Date.parse(resource.end) };
};

const scheduleOf = ({ resource }: Slot): string => {
  const { schedule } = resource;
  return typeof schedule === 'object' && schedule !== null && 'reference' in schedule ? String(schedule.reference) : '';
};

/** A busy slot of the same schedule that takes some of the same time. */
const overlapping = async (ctx: Ctx, tx: Tx, slot: Slot): Promise<string | undefined> => {
  const query = new URLSearchParams({ schedule: scheduleOf(slot), status: 'busy' });
  query.append('start', `ge${new Date(slot.from - DAY).toISOString()}`);
  query.append('start', `lt${new Date(slot.to).toISOString()}`);
  const busy = await findMatches(within(tx, ctx.store), 'Slot', query, 1_000);
  return busy.find(({ id, body }) => id !== slot.row.id && Date.parse(JSON.parse(body).end) > slot.from)?.id;
};

const requireFree = async (ctx: Ctx, tx: Tx, { id, at }: Wanted): Promise<Slot> => {
  const row = await find(ctx, tx, 'Slot', id);
  if (row === undefined || row.deleted) throw problem(INVALID_BOOKING, `There is no Slot/${id}`, { at });
  const slot = slotOf(row);
  if (slot.resource.status !== 'free')
    throw problem(SLOT_TAKEN, `Slot/${id} is not free: its status is ${String(slot.resource.status)}`, { at });
  const other = await overlapping(ctx, tx, slot);
  if (other !== undefined) throw problem(SLOT_TAKEN, `Slot/${id} overlaps Slot/${other}, which is busy`, { at });
  return slot;
};

/** Where the appointment gives times, they lie within those of its slots. */
const requireTimesWithin = (appointment: FhirResource, slots: readonly Slot[]): void => {
  const from = Math.min(...slots.map((slot) => slot.from));
  const to = Math.max(...slots.map((slot) => slot.to));
  for (const name of ['start', 'end']) {
    const time = appointment[name];
    if (typeof time !== 'string') continue;
    const at = Date.parse(time);
    if (at < from || at > to)
      throw problem(
        INVALID_BOOKING,
        `${name} is ${time}, but the slot is from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
        { at: `Appointment.${name}` },
      );
  }
};

const mark = async (ctx: WritingCtx, tx: Tx, slot: Slot, status: 'busy' | 'free'): Promise<void> => {
  await replace(unguarded(ctx), tx, slot.row, { ...slot.resource, status });
};

/** The appointment that has taken a slot, or undefined. */
const holderOf = async (ctx: WritingCtx, tx: Tx, slotId: string): Promise<string | undefined> => {
  const query = new URLSearchParams({ slot: `Slot/${slotId}`, 'status:not': TAKES_NONE.join(',') });
  return (await findMatches(within(tx, ctx.store), 'Appointment', query, 1))[0]?.id;
};

/** A slot is given back through its appointment, never over its head: else a second caller could book the same time. */
const requireNoHolder = async (ctx: WritingCtx, tx: Tx, { id, after }: Change): Promise<void> => {
  if (after?.status !== 'free') return;
  const holder = await holderOf(ctx, tx, id);
  if (holder !== undefined)
    throw problem(SLOT_TAKEN, `Slot/${id} is held by Appointment/${holder}: cancel that to make the slot free`, {
      at: 'Slot.status',
    });
};

/**
 * The provider's rule: an appointment takes its slots in the transaction that stores it, whichever interaction that is, and
 * gives them back when it is cancelled or deleted. Transactions are serial, so of two clients racing for a slot one wins.
 */
export const keepSlots: BeforeWrite = async (ctx, tx, change) => {
  const { type, before, after } = change;
  if (type === 'Slot') await requireNoHolder(ctx, tx, change);
  if (type !== 'Appointment') return;
  const held = before === undefined ? [] : slotsOf(ctx, JSON.parse(before.body));
  const wanted = slotsOf(ctx, after);
  const isIn = (list: readonly Wanted[], id: string) => list.some((one) => one.id === id);
  for (const { id } of held.filter((one) => !isIn(wanted, one.id))) {
    const row = await find(ctx, tx, 'Slot', id);
    if (row === undefined || row.deleted) continue;
    const slot = slotOf(row);
    if (slot.resource.status === 'busy') await mark(ctx, tx, slot, 'free');
  }
  const taken: Slot[] = [];
  for (const one of wanted.filter(({ id }) => !isIn(held, id))) {
    // A slot that is named twice is busy the second time.
    const slot = await requireFree(ctx, tx, one);
    await mark(ctx, tx, slot, 'busy');
    taken.push(slot);
  }
  if (after !== undefined && taken.length > 0 && taken.length === wanted.length) requireTimesWithin(after, taken);
};
