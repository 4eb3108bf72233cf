import { member, requireText } from '../../sandbox/act-values.ts';
import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Ctx, Incoming } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { changeRequest } from './open-requests.ts';
import { patient } from './requester.ts';
import { keepMessage } from './requester-messages.ts';
import { type Sent, transmit } from './transmit.ts';

const appointmentOf = (ctx: Ctx, slot: unknown, patient: string): FhirResource => ({
  resourceType: 'Appointment',
  id: ctx.uuid(),
  status: 'booked',
  slot: [{ reference: `Slot/${String(member(slot, 'id'))}` }],
  start: member(slot, 'start'),
  end: member(slot, 'end'),
  created: new Date(ctx.now()).toISOString(),
  participant: [{ actor: { reference: `${fhirBaseOf(ctx, 'requester')}/Patient/${patient}` }, status: 'accepted' }],
});

const appointmentIn = (reply: Incoming): unknown => {
  const entries = member(JSON.parse(reply.body), 'entry');
  return Array.isArray(entries)
    ? entries.map((entry) => member(entry, 'resource')).find((one) => member(one, 'resourceType') === 'Appointment')
    : undefined;
};

/** Slots are looked up before one is booked. */
const readSlot = async (ctx: Ctx, id: string | undefined): Promise<unknown> => {
  const earliest = { status: 'free', start: `ge${new Date(ctx.now()).toISOString()}`, _sort: 'start', _count: '1' };
  const reply = await ctx.send('provider', {
    method: 'GET',
    path: `/FHIR/R4/Slot?${new URLSearchParams(id === undefined ? earliest : { _id: id })}`,
    headers: { accept: 'application/fhir+json', 'x-request-id': ctx.uuid(), 'x-correlation-id': ctx.uuid() },
  });
  const entries = reply.status === 200 ? member(JSON.parse(reply.body), 'entry') : undefined;
  const slot = member(Array.isArray(entries) ? entries[0] : undefined, 'resource');
  if (slot === undefined)
    throw problem(
      NOT_FOUND,
      id === undefined
        ? 'The provider has no free Slot from now on, by the clock of the sandbox'
        : `The provider has no Slot/${id}`,
      {
        at: '/slot',
      },
    );
  return slot;
};

/** Sends a booking; what the reply says is the business answer already. */
export const bookSlot = async (
  ctx: Ctx,
  id: string | undefined,
  patient: string,
): Promise<Sent & { readonly slot: unknown; readonly appointment?: unknown }> => {
  const found = await readSlot(ctx, id);
  const slot = member(found, 'id');
  const focus = appointmentOf(ctx, found, patient);
  const request = await keepMessage(ctx, { event: 'booking-request', reason: 'new', focus, patient });
  const { reply, ...sent } = await transmit(ctx, request);
  if (reply?.status !== 200) return { ...sent, slot };
  const appointment = appointmentIn(reply);
  const status = String(member(appointment, 'status') ?? 'unknown');
  const answer = { at: new Date(ctx.now()).toISOString(), status, final: true, late: false };
  await ctx.transaction((tx) => changeRequest(ctx, tx, request, { state: 'answered', answers: [answer] }));
  return { ...sent, slot, state: 'answered', appointment };
};

/** What a requester does where slots can be booked. */
export const bookingActs: Readonly<Record<string, Act>> = {
  'book-slot': {
    title: 'Book an appointment by message',
    summary: 'A booking is answered at once: the reply holds the booked Appointment',
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        slot: {
          type: 'string',
          minLength: 1,
          maxLength: 64,
          title: 'Slot',
          example: 'the earliest free one, unless told',
        },
        patient,
      },
      additionalProperties: false,
    },
    run: (input, ctx) =>
      bookSlot(ctx, typeof input.slot === 'string' ? input.slot : undefined, requireText(input, 'patient')),
  },
};
