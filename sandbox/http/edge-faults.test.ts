import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultEffect } from '../dialect.ts';
import { loadFaults, type NewFault, replaceFaults } from '../faults.ts';
import { loadSandbox } from '../participants.ts';
import { startThings, type ThingsService } from './things-service.ts';

const ID = '0b6e7b50-3c0a-4c51-9a3c-0c5d5e3b9f10';
const FHIR = { 'content-type': 'application/fhir+json', 'x-request-id': ID };

let things: ThingsService;
let made = 0;
beforeAll(async () => {
  things = await startThings();
});
afterAll(() => things.close());

/** A sandbox with these faults at its answerer, and how to call it. */
const faulty = async (...faults: (Omit<NewFault, 'participant'> & { participant?: string })[]) => {
  made += 1;
  const id = `faulty${made}`;
  const url = `${await things.create(id, { dialect: 'strict' })}/answerer/FHIR/R4/Thing/`;
  const serial = (await loadSandbox(things.host.sql, id))?.row.serial ?? 0;
  const rules = faults.map((fault) => ({ participant: 'answerer', ...fault }));
  const put = (thing: string, body = '{}') => fetch(`${url}${thing}`, { method: 'PUT', headers: FHIR, body });
  const get = (thing: string, query = '') => fetch(`${url}${thing}${query}`, { headers: FHIR });
  await put('a');
  await put('a');
  await things.host.sql.transaction((tx) => replaceFaults(tx, serial, rules));
  return { id, serial, put, get, last: async () => (await things.exchanges(id)).at(-1) };
};

const one = (effect: FaultEffect) => faulty({ effect });

describe('a fault', () => {
  it("of a chosen status answers in the dialect's words before any effect, and says so in the journal", async () => {
    const { put, get, last } = await faulty({
      operation: 'writeThing',
      effect: { kind: 'status', status: 503, retryAfter: 7 },
    });
    const reply = await put('a');
    expect([reply.status, reply.headers.get('retry-after'), reply.headers.get('x-request-id')]).toEqual([503, '7', ID]);
    expect(await reply.json()).toMatchObject({ issue: [{ details: { coding: [{ code: 'DOWN' }] } }] });
    expect(await last()).toMatchObject({ fault: 'status 503, Retry-After 7 (fault-1)', reply: { status: 503 } });
    expect((await get('a')).headers.get('etag')).toBe('W/"2"');
  });

  it.each([404, 408, 409, 418, 429, 500, 502, 504, 599])('can choose status %i', async (status) => {
    const { get } = await one({ kind: 'status', status });
    const reply = await get('a');
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('that drops the connection leaves no effect', async () => {
    const { put, last, get, serial } = await one({ kind: 'drop' });
    await expect(put('a')).rejects.toThrow();
    expect(await last()).toMatchObject({ fault: 'connection dropped before any effect (fault-1)' });
    expect((await last())?.reply).toBeUndefined();
    await things.host.sql.transaction((tx) => replaceFaults(tx, serial, []));
    expect((await get('a')).headers.get('etag')).toBe('W/"2"');
  });

  it('that drops only the reply leaves the effect', async () => {
    const { put, last, get, serial } = await one({ kind: 'drop', when: 'after' });
    await expect(put('a')).rejects.toThrow();
    expect(await last()).toMatchObject({ operation: 'writeThing', fault: 'reply dropped after the effect (fault-1)' });
    await things.host.sql.transaction((tx) => replaceFaults(tx, serial, []));
    expect((await get('a')).headers.get('etag')).toBe('W/"3"');
  });

  it('delays the reply', async () => {
    const { get, last } = await one({ kind: 'latency', ms: 40 });
    expect((await get('a')).status).toBe(200);
    expect((await last())?.milliseconds).toBeGreaterThanOrEqual(39);
  });

  it.each([
    [{ kind: 'etag', as: 'stale' }, 'etag', 'W/"1"'],
    [{ kind: 'etag', as: 'missing' }, 'etag', null],
    [{ kind: 'content-type', as: 'text/html' }, 'content-type', 'text/html'],
  ] as const)('%j spoils %s to %s', async (effect, header, value) => {
    const { get } = await one(effect);
    const reply = await get('a');
    expect([reply.status, reply.headers.get(header)]).toEqual([200, value]);
  });

  it('spoils errors too', async () => {
    const { get } = await one({ kind: 'content-type', as: 'text/html' });
    const reply = await get('missing');
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'text/html']);
  });

  it('puts an id of its own in the place of the request’s, and gives no other back', async () => {
    const { get } = await one({ kind: 'unechoed-id' });
    const reply = await get('a');
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(reply.headers.get('x-request-id')).not.toBe(ID);
    expect(reply.headers.get('x-correlation-id')).toBeNull();
  });

  it('strikes its participant and operation alone', async () => {
    const effect = { kind: 'status', status: 500 } as const;
    const { put, get } = await faulty({ participant: 'helper', effect }, { operation: 'readThing', effect });
    expect((await put('a')).status).toBe(200);
    expect((await get('a')).status).toBe(500);
  });

  it('strikes only requests that name its value', async () => {
    const { put, get } = await faulty({ match: '9990001', effect: { kind: 'status', status: 500 } });
    expect((await get('a')).status).toBe(200);
    expect((await get('9990001')).status).toBe(500);
    expect((await get('a', '?_format=urn:x|9990001')).status).toBe(500);
    expect((await put('b', '{"identifier":[{"value":"9990001"}]}')).status).toBe(500);
    expect((await put('b', '{"contained":[{"identifier":{"value":"9990001"}}]}')).status).toBe(500);
    expect((await put('b', '{"id":"9990001"}')).status).toBe(500);
    expect((await put('b', '{"note":"9990001"}')).status).toBe(201);
    // A search as NRL sends it.
    expect((await put('b', '{"subject:identifier":"urn:n|9990001"}')).status).toBe(500);
  });

  it('is spent after so many times', async () => {
    const { get, serial } = await faulty({ times: 2, effect: { kind: 'status', status: 500 } });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await get('a')).status);
    expect(statuses).toEqual([500, 500, 200, 200]);
    expect(await loadFaults(things.host.sql, serial)).toMatchObject([{ id: 'fault-1', times: 0, probability: 1 }]);
  });

  it('strikes with its probability, and the same requests in the same run', async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      const { get } = await faulty({ probability: 0.5, effect: { kind: 'status', status: 500 } });
      let strikes = '';
      for (let i = 0; i < 24; i += 1) strikes += (await get('a')).status === 500 ? 'x' : '.';
      runs.push(strikes);
    }
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).toMatch(/x/);
    expect(runs[0]).toMatch(/\./);
  });

  it('of probability 0 never strikes', async () => {
    const { get } = await faulty({ probability: 0, effect: { kind: 'status', status: 500 } });
    expect((await get('a')).status).toBe(200);
  });

  it('can come with others', async () => {
    const { get, last } = await faulty(
      { effect: { kind: 'etag', as: 'stale' } },
      { id: 'mine', effect: { kind: 'unechoed-id' } },
    );
    const reply = await get('a');
    expect(reply.headers.get('etag')).toBe('W/"1"');
    expect(reply.headers.get('x-request-id')).not.toBe(ID);
    expect((await last())?.fault).toBe('ETag stale (fault-1); ids not echoed (mine)');
  });
});

describe('a sentinel of the dialect', () => {
  it('selects its fault by the id in the path', async () => {
    const { put, get, last } = await faulty();
    const reply = await get('down');
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '7']);
    expect((await last())?.fault).toBe('status 503, Retry-After 7 (sentinel down)');
    await put('stale');
    expect((await get('stale')).headers.get('etag')).toBe('W/"0"');
  });
});
