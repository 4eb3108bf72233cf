import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../../sandbox/dialect.ts';
import { replaceFaults } from '../../../../sandbox/faults.ts';
import { loadSandbox } from '../../../../sandbox/participants.ts';
import { waitOf } from '../../provider-call.ts';
import { type Served, serve } from '../served.ts';

// The sandbox clock goes with the real one that the service is given; the test moves it.
let now = Date.UTC(2026, 10, 22, 12);
let served: Served;
beforeAll(async () => {
  served = await serve(() => now);
});
afterAll(() => served.close());

let sandboxes = 0;
const open = async (dialect: string): Promise<string> => {
  sandboxes += 1;
  const id = `r${sandboxes}`;
  await served.open(id, { dialect, seed: 1, people: 3 });
  return id;
};
const strike = async (id: string, effect: FaultEffect, operation?: string, times = 1): Promise<void> => {
  const sandbox = await loadSandbox(served.host.sql, id);
  await served.host.sql.transaction((tx) =>
    replaceFaults(tx, sandbox?.row.serial ?? 0, [
      { participant: 'provider', times, effect, ...(operation === undefined ? {} : { operation }) },
    ]),
  );
};
const journalOf = async (id: string) => {
  await served.host.journal.flush();
  const sandbox = await loadSandbox(served.host.sql, id);
  return (await served.host.journal.page({ id, serial: sandbox?.row.serial ?? 0 }, 0, 500)).items;
};

describe.each(['fhir-r4', 'pds'])('the requester in %s', (dialect) => {
  it('reads, with an X-Request-ID of its own that comes back', async () => {
    const id = await open(dialect);
    const answer = await served.act(id, 'read-patient', { id: '9000000009' });
    expect(answer).toMatchObject({
      outcome: 'answered',
      status: 200,
      body: { id: '9000000009' },
      headers: { etag: 'W/"2"' },
    });
    const [exchange] = (await journalOf(id)).filter(({ kind }) => kind === 'http');
    expect(exchange).toMatchObject({ from: 'requester', to: 'provider', claimed: false });
    expect(exchange?.request?.headers?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(exchange?.reply?.headers?.['x-request-id']).toBe(exchange?.request?.headers?.['x-request-id']);
  });

  it('searches', async () => {
    const answer = await served.act(await open(dialect), 'search-patients', {
      query: 'family=Smith&given=Jane&birthdate=2010-10-22',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { type: 'searchset', entry: [{ resource: { id: '9000000009' } }] },
    });
  });

  it('finds related people', async () => {
    const answer = await served.act(await open(dialect), 'read-related-people', { id: '9000000009' });
    expect(answer).toMatchObject({ status: 200, body: { type: 'searchset', entry: [{}, {}] } });
  });

  it('reads before it changes, and sends the version that it saw', async () => {
    const id = await open(dialect);
    const answer = await served.act(id, 'update-patient', { id: '9000000009' });
    expect(answer).toMatchObject({ status: 200, body: { gender: 'unknown', meta: { versionId: '3' } } });
    const sent = (await journalOf(id)).filter(({ kind }) => kind === 'http').map(({ request }) => request);
    expect(sent.map((request) => request?.method)).toEqual(['GET', 'PATCH']);
    expect(sent[1]?.headers?.['if-match']).toBe('W/"2"');
    expect(new Set(sent.map((request) => request?.headers?.['x-request-id'])).size).toBe(2);
  });

  it('is refused with a version that is too old', async () => {
    const answer = await served.act(await open(dialect), 'update-patient', { id: '9000000009', ifMatch: 'W/"1"' });
    expect(answer).toMatchObject({ outcome: 'answered', status: dialect === 'pds' ? 409 : 412 });
  });

  it('keeps a request that met 503, holds it back for Retry-After, and sends it again under the same id', async () => {
    const id = await open(dialect);
    await strike(id, { kind: 'status', status: 503, retryAfter: 30 });
    const first = await served.act(id, 'read-patient', { id: '9000000009' });
    expect(first).toMatchObject({ outcome: 'unknown', status: 503, resendAfter: new Date(now + 30_000).toISOString() });
    expect(await served.act(id, 'resend')).toMatchObject({ sent: [], waiting: [{}] });
    now += 30_000;
    expect(await served.act(id, 'resend')).toMatchObject({ sent: [{ outcome: 'answered', status: 200 }], waiting: [] });
    const ids = (await journalOf(id))
      .filter(({ kind }) => kind === 'http')
      .map(({ request }) => request?.headers?.['x-request-id']);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    expect(await served.act(id, 'resend')).toEqual({ sent: [], waiting: [] });
  });

  it.each([408, 429, 504])('reports %i as unknown, too', async (status) => {
    const id = await open(dialect);
    await strike(id, { kind: 'status', status });
    expect(await served.act(id, 'read-patient', { id: '9000000009' })).toMatchObject({ outcome: 'unknown', status });
  });

  it('reports a connection that was closed as unknown, and backs off', async () => {
    const id = await open(dialect);
    await strike(id, { kind: 'drop' });
    const answer = await served.act(id, 'read-patient', { id: '9000000009' });
    expect(answer).toMatchObject({
      outcome: 'unknown',
      because: expect.any(String),
      resendAfter: new Date(now + 2_000).toISOString(),
    });
  });

  it('waits twice as long after each further try without an answer, and still sends the same request', async () => {
    const id = await open(dialect);
    await strike(id, { kind: 'status', status: 503 }, undefined, 3);
    await served.act(id, 'read-patient', { id: '9000000009' });
    for (const [waited, next] of [
      [2_000, 4_000],
      [4_000, 8_000],
    ] as const) {
      now += waited;
      const { sent } = (await served.act(id, 'resend')) as { sent: readonly { resendAfter: string }[] };
      expect(sent).toMatchObject([{ outcome: 'unknown', resendAfter: new Date(now + next).toISOString() }]);
    }
    now += 8_000;
    expect(await served.act(id, 'resend')).toMatchObject({ sent: [{ outcome: 'answered', status: 200 }] });
    const ids = (await journalOf(id)).map(({ request }) => request?.headers?.['x-request-id']);
    expect([ids.length, new Set(ids).size]).toEqual([4, 1]);
  });

  it('takes a 404 for an answer', async () => {
    const answer = await served.act(await open(dialect), 'read-patient', { id: '9111231130' });
    expect(answer).toMatchObject({ outcome: 'answered', status: 404 });
  });
});

describe('the requester in pds', () => {
  it('goes on with the record that supersedes the one it asked for', async () => {
    const id = await open('pds');
    const answer = await served.act(id, 'update-patient', { id: '9990000018' });
    expect(answer).toMatchObject({ status: 200, body: { id: '9990000026', gender: 'unknown' } });
  });

  it('gets the lost answer of an update that was carried out, and does not change twice', async () => {
    const id = await open('pds');
    await strike(id, { kind: 'drop', when: 'after' }, 'patchPatient');
    expect(await served.act(id, 'update-patient', { id: '9000000009' })).toMatchObject({ outcome: 'unknown' });
    now += 2_000;
    const again = await served.act(id, 'resend');
    expect(again).toMatchObject({ sent: [{ outcome: 'answered', status: 200, headers: { etag: 'W/"3"' } }] });
  });

  it('has no appointments to book', async () => {
    const id = await open('pds');
    await expect(served.act(id, 'find-slots')).rejects.toThrow('keeps people, not appointments');
  });
});

describe('the requester and appointments', () => {
  it('finds a slot, books it, and cancels', async () => {
    const id = await open('fhir-r4');
    const found = await served.act(id, 'find-slots', { schedule: 'haddad', count: 1 });
    expect(found).toMatchObject({
      status: 200,
      body: { entry: [{ resource: { id: 'haddad-day1-0900', status: 'free' } }] },
    });
    const booked = await served.act(id, 'book-appointment', { slot: 'haddad-day1-0900', patient: '9000000009' });
    expect(booked).toMatchObject({ status: 201, body: { status: 'booked', start: '2026-11-23T09:00:00.000Z' } });
    const { body } = booked as { body: { id: string } };
    expect(await served.act(id, 'cancel-appointment', { id: body.id })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect(await served.act(id, 'race-for-slot', { slot: 'haddad-day1-0900', callers: 10 })).toMatchObject({
      won: 1,
      lost: 9,
    });
  });
});

describe('the requester looking for slots', () => {
  it('is offered none that has passed on the sandbox clock', async () => {
    const id = await open('fhir-r4');
    const before = now;
    now = Date.UTC(2026, 10, 23, 9, 20);
    const found = await served.act(id, 'find-slots', { schedule: 'haddad', count: 1 });
    now = before;
    expect(found).toMatchObject({ body: { entry: [{ resource: { id: 'haddad-day1-0930' } }] } });
  });
});

describe('how long to wait', () => {
  const AT = Date.UTC(2026, 10, 22, 12);
  it.each([
    ['seconds', '30', 1, 30_000],
    ['a date', 'Sun, 22 Nov 2026 12:00:10 GMT', 1, 10_000],
    ['a date that is past', 'Sun, 22 Nov 2026 11:00:00 GMT', 1, 0],
    ['nothing, the first time', undefined, 1, 2_000],
    ['nothing, the third time', undefined, 3, 8_000],
    ['nothing, for the hundredth time', undefined, 100, 300_000],
    ['nonsense', 'soon', 2, 4_000],
  ])('after %s', (_, retryAfter, attempts, wait) => {
    expect(waitOf(retryAfter, attempts, AT)).toBe(wait);
  });
});
