import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Served, serve } from '../served.ts';
import { openPds, type PdsCalls } from './pds-calls.ts';

let served: Served;
let pds: PdsCalls;
beforeAll(async () => {
  served = await serve(() => Date.UTC(2026, 10, 22, 12));
  pds = await openPds(served);
});
afterAll(() => served.close());

const headers = { 'x-request-id': '60e0b220-8136-4ca5-ae46-1d97ef59d068' };
const WORDS = [
  'name',
  'address',
  'telecom',
  'extension',
  'contact',
  'gender',
  'birthDate',
  'id',
  'url',
  'use',
  'period',
  'given',
];
const path = fc
  .array(fc.oneof(fc.constantFrom(...WORDS, '0', '1', '-', '99', '', '~1', '__proto__', 'constructor'), fc.string()), {
    maxLength: 5,
  })
  .map((tokens) => tokens.map((token) => `/${token}`).join(''));
const patch = fc.record(
  { op: fc.constantFrom('add', 'replace', 'remove', 'test', 'move'), path, value: fc.jsonValue({ maxDepth: 4 }) },
  { requiredKeys: [] },
);

describe('PDS, whatever it is sent', () => {
  it('answers a patch with a record or a coded refusal, and a refusal changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 6 }), async (patches) => {
        const before = await pds.get('9000000009');
        const reply = await pds.patch(patches, { headers: { 'if-match': before.headers.get('etag') ?? '' } });
        expect(reply.status).toBeLessThan(500);
        if (reply.status === 200) return;
        expect(reply.body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ details: { coding: [{}] } }] });
        expect((await pds.get('9000000009')).body).toEqual(before.body);
      }),
      { numRuns: 300 },
    );
  });

  it('answers a body of any form', async () => {
    const deep = `{"patches":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const value = `{"patches":[{"op":"test","path":"/name","value":${'['.repeat(5_000)}${']'.repeat(5_000)}}]}`;
    for (const body of [
      deep,
      value,
      '',
      'null',
      '7',
      '"x"',
      '[]',
      '{"patches":null}',
      '{"patches":[null]}',
      '{"patches":{}}',
      '\u0000',
    ]) {
      const reply = await pds.send(body);
      expect(reply.status).toBe(400);
      expect(reply.body).toMatchObject({ resourceType: 'OperationOutcome' });
    }
  });

  it('answers any search', async () => {
    const names = [
      'family',
      'given',
      'birthdate',
      'gender',
      'address-postalcode',
      'email',
      '_fuzzy-match',
      '_max-results',
      'x',
    ];
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('Sm*', 'eq2010-10-22', '2010-10-22', 'true', '*', 'a*b*c*d*e*f*g*h*', '1', 'female'),
    );
    const query = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const reply = await call(`${pds.base}/Patient?${new URLSearchParams(pairs)}`, { headers });
        expect([200, 400]).toContain(reply.status);
      }),
      { numRuns: 300 },
    );
  });

  it('answers any id', async () => {
    for (const id of [
      '%00',
      '%FF',
      '..%2f..',
      '9000000009%20',
      '９０００００００09',
      'a'.repeat(2_000),
      "';%20drop%20table%20fhir_resource;--",
    ]) {
      const reply = await call(`${pds.base}/Patient/${id}`, { headers });
      expect([400, 404]).toContain(reply.status);
    }
  });
});
