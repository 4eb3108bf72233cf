import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Served, serve } from '../served.ts';

const DAY_1 = '2026-11-23';
const NOW = Date.UTC(2026, 10, 22, 12);

let served: Served;
let base: string;
beforeAll(async () => {
  served = await serve(() => NOW);
  base = `${await served.open('booking', { dialect: 'fhir-r4', seed: 1, people: 5 })}/provider/FHIR/R4`;
});
afterAll(() => served.close());

const appointment = (slot: string, more: object = {}) => ({
  resourceType: 'Appointment',
  status: 'booked',
  slot: [{ reference: `Slot/${slot}` }],
  participant: [{ actor: { reference: 'Patient/9000000009' }, status: 'accepted' }],
  start: `${DAY_1}T09:00:00Z`,
  end: `${DAY_1}T09:15:00Z`,
  ...more,
});
const at = (from: string, to: string) => ({ start: `${DAY_1}T${from}:00Z`, end: `${DAY_1}T${to}:00Z` });
const statusOf = async (slot: string) => (await call(`${base}/Slot/${slot}`)).body;
const post = (body: object) => call(`${base}/Appointment`, { method: 'POST', body });

describe('booking a slot', () => {
  it('takes the slot with the appointment, and a second booking is refused by name', async () => {
    const first = await post(appointment('marlow-day1-0900'));
    expect(first).toMatchObject({ status: 201, body: { resourceType: 'Appointment', status: 'booked' } });
    expect(await statusOf('marlow-day1-0900')).toMatchObject({ status: 'busy', meta: { versionId: '2' } });
    const second = await post(appointment('marlow-day1-0900'));
    expect(second).toMatchObject({
      status: 409,
      body: {
        resourceType: 'OperationOutcome',
        issue: [
          {
            code: 'conflict',
            expression: ['Appointment.slot[0]'],
            diagnostics: expect.stringContaining('Slot/marlow-day1-0900'),
          },
        ],
      },
    });
  });

  it('lets exactly one of fifty callers win', async () => {
    const body = appointment('haddad-day1-0915', at('09:15', '09:30'));
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(await statusOf('haddad-day1-0915')).toMatchObject({ status: 'busy', meta: { versionId: '2' } });
    const found = await call(`${base}/Appointment?slot=Slot/haddad-day1-0915&_total=accurate`);
    expect(found.body).toMatchObject({ total: 1 });
  });

  it.each([
    ['a slot that is not there', 422, appointment('nobody-day1-0900'), 'Appointment.slot[0]'],
    [
      'a slot of another server',
      422,
      appointment('prys-day1-0900', { slot: [{ reference: 'https://elsewhere.example/FHIR/R4/Slot/prys-day1-0900' }] }),
      'Appointment.slot[0]',
    ],
    [
      'a slot of another server whose path looks like ours',
      422,
      appointment('prys-day1-0900', {
        slot: [{ reference: 'https://elsewhere.example/sandboxes/booking/FHIR/R4/Slot/prys-day1-0900' }],
      }),
      'Appointment.slot[0]',
    ],
    [
      'the same slot twice',
      409,
      appointment('prys-day1-0900', {
        slot: [{ reference: 'Slot/prys-day1-0900' }, { reference: 'Slot/prys-day1-0900' }],
      }),
      'Appointment.slot[1]',
    ],
    ['a time outside the slot', 422, appointment('prys-day1-0900', { end: `${DAY_1}T10:00:00Z` }), 'Appointment.end'],
  ])('refuses %s with %i and its place, and takes nothing', async (_, status, body, place) => {
    expect(await post(body)).toMatchObject({ status, body: { issue: [{ expression: [place] }] } });
    expect(await statusOf('prys-day1-0900')).toMatchObject({ status: 'free', meta: { versionId: '1' } });
  });

  it('refuses a free slot that overlaps one that is taken', async () => {
    const wide = {
      resourceType: 'Slot',
      id: 'wide',
      schedule: { reference: 'Schedule/marlow' },
      status: 'free',
      start: `${DAY_1}T08:50:00Z`,
      end: `${DAY_1}T09:05:00Z`,
    };
    expect((await call(`${base}/Slot/wide`, { method: 'PUT', body: wide })).status).toBe(201);
    const refused = await post(appointment('wide', at('08:50', '09:05')));
    expect(refused).toMatchObject({
      status: 409,
      body: { issue: [{ diagnostics: 'Slot/wide overlaps Slot/marlow-day1-0900, which is busy' }] },
    });
  });

  it('does not let a slot be made free over the head of the appointment that has it', async () => {
    const id = 'haddad-day1-0930';
    const booked = await post(appointment(id, at('09:30', '09:45')));
    const { body: slot } = await call(`${base}/Slot/${id}`);
    const free = { ...(slot as object), status: 'free' };
    const refusal = {
      status: 409,
      body: {
        issue: [
          {
            code: 'conflict',
            expression: ['Slot.status'],
            diagnostics: expect.stringContaining(`Appointment/${(booked.body as { id: string }).id}`),
          },
        ],
      },
    };
    expect(await call(`${base}/Slot/${id}`, { method: 'PUT', body: free })).toMatchObject(refusal);
    const headers = { 'content-type': 'application/json-patch+json' };
    const patch = [{ op: 'replace', path: '/status', value: 'free' }];
    expect(await call(`${base}/Slot/${id}`, { method: 'PATCH', headers, body: patch })).toMatchObject(refusal);
    expect((await call(`${base}/Slot/${id}`, { method: 'DELETE' })).status).toBeLessThan(300);
    expect(await call(`${base}/Slot/${id}`, { method: 'PUT', body: free })).toMatchObject(refusal);
    expect((await call(`${base}/Slot/${id}`, { method: 'PUT', body: { ...free, status: 'busy' } })).status).toBe(201);
    const cancelled = { ...(booked.body as { id: string }), status: 'cancelled' };
    const cancel = await call(`${base}/Appointment/${cancelled.id}`, { method: 'PUT', body: cancelled });
    expect(cancel.status).toBe(200);
    expect(await statusOf(id)).toMatchObject({ status: 'free' });
    expect((await call(`${base}/Slot/${id}`, { method: 'PUT', body: free })).status).toBe(200);
  });

  it.each([
    ['the participant', (at: string) => `${at}/Slot/prys-day3-0900`],
    ['the sandbox', (at: string) => `${at.replace('/provider/', '/')}/Slot/prys-day3-0915`],
    ['a version of it', (at: string) => `${at}/Slot/prys-day3-0930/_history/1`],
  ])('knows the slot by an absolute reference below %s, too', async (_what, referTo) => {
    const reference = referTo(base);
    const id = /prys-day3-\d+/.exec(reference)?.[0] ?? '';
    const { start, end } = (await statusOf(id)) as { start: string; end: string };
    expect((await post(appointment(id, { start, end, slot: [{ reference }] }))).status).toBe(201);
    const held = { ...((await statusOf(id)) as object), status: 'free' };
    expect((await call(`${base}/Slot/${id}`, { method: 'PUT', body: held })).status).toBe(409);
  });

  it('lets a slot be made free that no appointment has', async () => {
    const { body: slot } = await call(`${base}/Slot/haddad-day1-0945`);
    const put = (status: string) =>
      call(`${base}/Slot/haddad-day1-0945`, { method: 'PUT', body: { ...(slot as object), status } });
    expect((await put('busy-unavailable')).status).toBe(200);
    expect((await put('free')).status).toBe(200);
  });

  it('does not take a slot for what is only proposed', async () => {
    const proposed = await post(
      appointment('marlow-day2-0900', { status: 'proposed', start: undefined, end: undefined }),
    );
    expect(proposed.status).toBe(201);
    expect(await statusOf('marlow-day2-0900')).toMatchObject({ status: 'free' });
  });
});

describe('the slot follows the appointment', () => {
  const slot = 'marlow-day1-0915';
  const times = at('09:15', '09:30');
  const url = () => `${base}/Appointment/followed`;
  const put = (more: object = {}) =>
    call(url(), { method: 'PUT', body: { ...appointment(slot, times), id: 'followed', ...more } });

  it('through an update that creates', async () => {
    expect((await put()).status).toBe(201);
    expect(await statusOf(slot)).toMatchObject({ status: 'busy' });
  });

  it('and is freed by an update that cancels', async () => {
    expect((await put({ status: 'cancelled' })).status).toBe(200);
    expect(await statusOf(slot)).toMatchObject({ status: 'free' });
  });

  it('and is taken again by a patch, and freed by another', async () => {
    const patch = (value: string) =>
      call(url(), {
        method: 'PATCH',
        headers: { 'content-type': 'application/json-patch+json' },
        body: [{ op: 'replace', path: '/status', value }],
      });
    expect((await patch('booked')).status).toBe(200);
    expect(await statusOf(slot)).toMatchObject({ status: 'busy' });
    expect((await patch('cancelled')).status).toBe(200);
    expect(await statusOf(slot)).toMatchObject({ status: 'free' });
  });

  it('and is exchanged when the appointment is moved', async () => {
    expect((await put()).status).toBe(200);
    const moved = { slot: [{ reference: 'Slot/marlow-day1-0930' }], ...at('09:30', '09:45') };
    expect((await put(moved)).status).toBe(200);
    expect(await statusOf(slot)).toMatchObject({ status: 'free' });
    expect(await statusOf('marlow-day1-0930')).toMatchObject({ status: 'busy' });
  });

  it('and stays as it is when an appointment that has it is changed otherwise', async () => {
    const before = await statusOf('marlow-day1-0930');
    const same = { slot: [{ reference: 'Slot/marlow-day1-0930' }], ...at('09:30', '09:45'), comment: 'Bring a list' };
    expect((await put(same)).status).toBe(200);
    expect(await statusOf('marlow-day1-0930')).toEqual(before);
  });

  it('and is freed by a deletion', async () => {
    expect((await call(url(), { method: 'DELETE' })).status).toBeLessThan(300);
    expect(await statusOf('marlow-day1-0930')).toMatchObject({ status: 'free' });
  });

  it('in a transaction, which is undone whole when one slot is taken', async () => {
    const entry = (id: string, from: string, to: string) => ({
      resource: appointment(id, at(from, to)),
      request: { method: 'POST', url: 'Appointment' },
    });
    const bundle = (type: string, entries: object[]) => ({ resourceType: 'Bundle', type, entry: entries });
    const send = (body: object) => call(base, { method: 'POST', body });
    const refused = await send(
      bundle('transaction', [entry('prys-day1-0930', '09:30', '09:45'), entry('marlow-day1-0900', '09:00', '09:15')]),
    );
    expect(refused).toMatchObject({ status: 409, body: { resourceType: 'OperationOutcome' } });
    expect(await statusOf('prys-day1-0930')).toMatchObject({ status: 'free', meta: { versionId: '1' } });
    const done = await send(bundle('transaction', [entry('prys-day1-0930', '09:30', '09:45')]));
    expect(done.status).toBe(200);
    expect(await statusOf('prys-day1-0930')).toMatchObject({ status: 'busy' });
    const batch = await send(
      bundle('batch', [entry('prys-day1-0930', '09:30', '09:45'), entry('prys-day1-0945', '09:45', '10:00')]),
    );
    expect(batch.body).toMatchObject({
      entry: [
        { response: { status: expect.stringContaining('409') } },
        { response: { status: expect.stringContaining('201') } },
      ],
    });
  });
});
