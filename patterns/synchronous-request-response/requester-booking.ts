import { member, requireText } from '../../sandbox/act-values.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import { type Answer, callProvider } from './provider-call.ts';

/** PDS keeps people and no appointments. */
const DIALECTS = ['fhir-r4'];
const requireAppointments = (ctx: Ctx): void => {
  if (!DIALECTS.includes(ctx.dialect.id))
    throw problem(CONFLICT, `${ctx.dialect.title} keeps people, not appointments: use a sandbox in fhir-r4`);
};

const read = (ctx: Ctx, type: string, id: string): Promise<Answer> =>
  callProvider(ctx, { method: 'GET', path: `/FHIR/R4/${type}/${encodeURIComponent(id)}` });

const appointmentFor = (slot: unknown, slotId: string, patient: string): object => ({
  resourceType: 'Appointment',
  status: 'booked',
  slot: [{ reference: `Slot/${slotId}` }],
  start: member(slot, 'start'),
  end: member(slot, 'end'),
  participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
});

const post = (ctx: Ctx, appointment: object): Promise<Answer> =>
  callProvider(ctx, {
    method: 'POST',
    path: '/FHIR/R4/Appointment',
    headers: { 'content-type': 'application/fhir+json' },
    body: appointment,
  });

const slot = { type: 'string', minLength: 1, maxLength: 64, title: 'Slot', default: 'marlow-day1-0900' };
const patient = { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' };
const PEOPLE = ['9000000009', '9000000017', '9000000041', '9990000026', '9990000042'];
const RACERS_MAX = 20;

/** What a requester does with an appointment book. */
export const bookingActs: Readonly<Record<string, Act>> = {
  'find-slots': {
    title: 'Find free slots',
    summary: 'GET Slot?status=free, from now on the sandbox clock, the earliest first',
    dialects: DIALECTS,
    input: {
      type: 'object',
      properties: {
        schedule: { type: 'string', title: 'Schedule', maxLength: 64, example: 'marlow' },
        count: { type: 'integer', title: 'How many', minimum: 1, maximum: 50, default: 5 },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      requireAppointments(ctx);
      const query = new URLSearchParams({
        status: 'free',
        // The provider keeps slots that have passed; nobody can book them any more.
        start: `ge${new Date(ctx.now()).toISOString()}`,
        _sort: 'start',
        _count: String(input.count ?? 5),
      });
      if (typeof input.schedule === 'string') query.set('schedule', `Schedule/${input.schedule}`);
      return callProvider(ctx, { method: 'GET', path: `/FHIR/R4/Slot?${query}` });
    },
  },
  'book-appointment': {
    title: 'Book an appointment',
    summary: 'Reads the slot, then POSTs an Appointment that takes it',
    dialects: DIALECTS,
    input: {
      type: 'object',
      required: ['slot', 'patient'],
      properties: { slot, patient },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      requireAppointments(ctx);
      const found = await read(ctx, 'Slot', requireText(input, 'slot'));
      if (found.outcome !== 'answered' || found.status !== 200) return found;
      return post(ctx, appointmentFor(found.body, requireText(input, 'slot'), requireText(input, 'patient')));
    },
  },
  'race-for-slot': {
    title: 'Let several callers race for one slot',
    summary: 'Sends bookings of the same slot for several patients at the same moment; exactly one can win',
    dialects: DIALECTS,
    input: {
      type: 'object',
      required: ['slot'],
      properties: { slot, callers: { type: 'integer', title: 'Callers', minimum: 2, maximum: RACERS_MAX, default: 2 } },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      requireAppointments(ctx);
      const slotId = requireText(input, 'slot');
      const found = await read(ctx, 'Slot', slotId);
      if (found.outcome !== 'answered' || found.status !== 200) return found;
      const callers = typeof input.callers === 'number' ? Math.min(input.callers, RACERS_MAX) : 2;
      const answers = await Promise.all(
        Array.from({ length: callers }, (_, index) =>
          post(ctx, appointmentFor(found.body, slotId, PEOPLE[index % PEOPLE.length] ?? '9000000009')),
        ),
      );
      const won = answers.filter(({ status }) => status === 201);
      return { won: won.length, lost: answers.length - won.length, booked: won[0]?.body, answers };
    },
  },
  'cancel-appointment': {
    title: 'Cancel an appointment',
    summary: 'Reads the appointment, then PATCHes its status to cancelled with the version that it saw',
    dialects: DIALECTS,
    input: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', minLength: 1, maxLength: 64, title: 'Appointment' } },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      requireAppointments(ctx);
      const found = await read(ctx, 'Appointment', requireText(input, 'id'));
      if (found.outcome !== 'answered' || found.status !== 200) return found;
      const etag = found.headers?.etag;
      return callProvider(ctx, {
        method: 'PATCH',
        path: `/FHIR/R4/Appointment/${encodeURIComponent(requireText(input, 'id'))}`,
        headers: { 'content-type': 'application/json-patch+json', ...(etag === undefined ? {} : { 'if-match': etag }) },
        body: [{ op: 'replace', path: '/status', value: 'cancelled' }],
      });
    },
  },
};
