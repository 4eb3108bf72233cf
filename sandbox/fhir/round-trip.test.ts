import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from './fixture.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

// FHIR strings have no control characters and are not blank (R4 datatypes.html#string).
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .map((raw) => `a${raw.replace(/\p{C}/gu, '')}z`);
const patient = fc.record(
  {
    resourceType: fc.constant('Patient'),
    active: fc.boolean(),
    name: fc.array(fc.record({ family: text, given: fc.array(text, { minLength: 1, maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
    birthDate: fc.constantFrom('1970', '1970-01', '1970-01-31'),
    multipleBirthInteger: fc.integer({ min: 1, max: 9 }),
    extension: fc.array(fc.record({ url: fc.constant('urn:x'), valueString: text }), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['resourceType'] },
);

describe('what is created', () => {
  it('is read back as it was sent, with id and meta added', async () => {
    await fc.assert(
      fc.asyncProperty(patient, async (sent) => {
        const created = await endpoint.request('POST', 'Patient', { body: sent });
        expect(created.status, created.text).toBe(201);
        const read = await endpoint.request('GET', `Patient/${created.body.id}`);
        expect(read.text).toBe(created.text);
        const { id: _id, meta: _meta, ...rest } = read.body;
        expect(rest).toEqual(sent);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the digits of its decimals, through updates and patches', async () => {
    const body =
      '{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.10}}';
    await endpoint.request('PUT', 'Observation/o', { body });
    await endpoint.request('PATCH', 'Observation/o', { body: [{ op: 'replace', path: '/status', value: 'amended' }] });
    for (const url of [
      'Observation/o',
      'Observation/o?_pretty=true',
      'Observation/o?_elements=value',
      'Observation/o/_history/1',
      'Observation?_id=o',
    ])
      expect((await endpoint.request('GET', url)).text).toMatch(/"value":\s*1\.10/);
    expect((await endpoint.request('GET', 'Observation?value-quantity=1.1')).body.total).toBe(1);
  });

  it('is never more than refused, whatever JSON comes', async () => {
    const requests = fc.constantFrom(
      ['POST', 'Patient'],
      ['PUT', 'Patient/x'],
      ['PATCH', 'Patient/x'],
      ['POST', ''],
      ['PUT', 'Patient?_id=x'],
    );
    await endpoint.request('PUT', 'Patient/x', { body: { resourceType: 'Patient', id: 'x' } });
    const json = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.dictionary(
        fc.constantFrom('resourceType', 'id', 'name', 'meta', 'type', 'entry', 'contained', '__proto__', '_name'),
        fc.oneof(fc.constantFrom('Patient', 'Bundle', 'x', 'transaction', 'batch'), fc.jsonValue({ maxDepth: 3 })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(requests, json, async ([method = '', url = ''], body) => {
        const reply = await endpoint.request(method, url, { body: JSON.stringify(body) });
        expect([200, 201, 400, 404, 412, 413, 422]).toContain(reply.status);
      }),
      { numRuns: 400 },
    );
  });

  it('survives random patches as a valid resource or not at all', async () => {
    await endpoint.request('PUT', 'Patient/p', {
      body: { resourceType: 'Patient', id: 'p', name: [{ family: 'A', given: ['B'] }] },
    });
    const path = fc.constantFrom(
      '',
      '/name',
      '/name/0',
      '/name/0/given/0',
      '/name/-',
      '/active',
      '/id',
      '/meta',
      '/meta/versionId',
      '/resourceType',
      '/x',
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(true, [{ family: 'C' }], { family: 'D' }));
    const operation = fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path,
      from: path,
      value,
    });
    const { validateResource } = await import('./validate.ts');
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 4 }), async (body) => {
        const before = await endpoint.request('GET', 'Patient/p');
        const reply = await endpoint.request('PATCH', 'Patient/p', { body });
        const after = await endpoint.request('GET', 'Patient/p');
        if (reply.status !== 200) expect(after.text).toBe(before.text);
        expect(after.body).toMatchObject({ resourceType: 'Patient', id: 'p' });
        expect(validateResource(after.body)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
