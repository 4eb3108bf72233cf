import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './things-service.ts';

/** Valid, outside the test range, and no published example. */
const REAL = '4010232137';
const NAMED = JSON.stringify({ identifier: [{ value: REAL }] });
const FHIR = { 'content-type': 'application/fhir+json' };

let things: ThingsService;
let base: string;
beforeAll(async () => {
  things = await startThings();
  base = `${await things.create('open')}/answerer`;
  await things.create('locked', { auth: 'bearer' });
  await things.create('strict', { dialect: 'strict' });
  await things.create('busy', {
    seats: { answerer: { mode: 'stopped' }, helper: { mode: 'external', url: 'https://there.example/' } },
  });
  await fetch(`${base}/FHIR/R4/Thing/one`, { method: 'PUT', headers: FHIR, body: '{"a":1}' });
});
afterAll(() => things.close());

const at = (sandbox: string, path: string): string => base.replace('/open/answerer', `/${sandbox}${path}`);
const put = (url: string, headers: Record<string, string> = FHIR, body: string | Uint8Array<ArrayBuffer> = NAMED) =>
  fetch(url, { method: 'PUT', headers, body });

const THING = '/answerer/FHIR/R4/Thing/x';

describe('a number that may be a real person’s', () => {
  it.each<readonly [string, string, () => Promise<Response>]>([
    ['a body that would be taken', 'open', () => put(at('open', THING))],
    ['a body of another type', 'open', () => put(at('open', THING), { 'content-type': 'text/csv' }, `n\n${REAL}`)],
    ['a body of no type', 'open', () => put(at('open', THING), {}, Buffer.from(`about ${REAL}`))],
    ['a body that is no JSON', 'open', () => put(at('open', THING), FHIR, NAMED.slice(0, -1))],
    [
      'a packed body',
      'open',
      () => put(at('open', THING), { ...FHIR, 'content-encoding': 'gzip' }, Uint8Array.from(gzipSync(NAMED))),
    ],
    ['a body to a path that is not served', 'open', () => put(at('open', '/answerer/nothing/here'))],
    [
      'a body with a method that is not served',
      'open',
      () => fetch(at('open', THING), { method: 'PATCH', headers: FHIR, body: NAMED }),
    ],
    [
      'a body with an Accept that nobody can please',
      'open',
      () => put(at('open', THING), { ...FHIR, accept: 'text/html' }),
    ],
    ['a body without a credential', 'locked', () => put(at('locked', THING))],
    ['a body without a header of the dialect', 'strict', () => put(at('strict', THING))],
    ['a body for somebody who is stopped', 'busy', () => put(at('busy', THING))],
    ['a body for an external system', 'busy', () => put(at('busy', '/helper/plain/notes'))],
    ['an address', 'open', () => fetch(at('open', `/answerer/FHIR/R4/Patient/${REAL}`))],
    [
      'an address, digit by digit',
      'open',
      () => fetch(at('open', `/answerer/FHIR/R4/Patient/%3${[...REAL].join('%3')}`)),
    ],
    ['a parameter', 'open', () => fetch(at('open', `/answerer/FHIR/R4/Thing/one?patient=${REAL}`))],
    [
      'a header',
      'open',
      () => fetch(at('open', '/answerer/FHIR/R4/Thing/one'), { headers: { 'x-about': `Mr ${REAL}` } }),
    ],
  ])('is refused in %s, and nowhere in the journal', async (_, sandbox, send) => {
    const before = (await things.exchanges(sandbox)).length;
    const reply = await send();
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('may belong to a real person')]);
    const exchanges = await things.exchanges(sandbox);
    expect(exchanges).toHaveLength(before + 1);
    expect(exchanges.at(-1)?.note).toContain("may be a real person's");
    expect(decodeURIComponent(JSON.stringify(exchanges))).not.toContain(REAL);
  });

  it.each<readonly [string, () => Promise<Response>]>([
    ['somebody whom nobody knows', () => put(at('open', `/nobody/FHIR/R4/Patient/${REAL}`))],
    ['an address with a NUL', () => put(at('open', `/answerer/FHIR/R4/Patient/${REAL}?_format=%00`))],
  ])('is not in the journal where the request is for %s', async (_, send) => {
    expect((await send()).status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(await things.exchanges('open'))).not.toContain(REAL);
  });

  it('is none where it is an id of something else, or a test number', async () => {
    expect((await put(at('open', `/answerer/FHIR/R4/Thing/${REAL}`), FHIR, '{"a":1}')).status).toBe(201);
    expect((await put(at('open', THING), FHIR, NAMED.replace(REAL, '9000000009'))).status).toBe(201);
  });

  it('is let through where the service was told to', async () => {
    const open = await startThings({ allowRealNhsNumbers: true });
    const url = `${await open.create('open')}/answerer/FHIR/R4/Thing/x`;
    expect((await put(url)).status).toBe(201);
    expect(JSON.stringify(await open.exchanges('open'))).toContain(REAL);
    await open.close();
  });
});
