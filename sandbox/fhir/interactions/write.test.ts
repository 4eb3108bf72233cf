import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint, testDialect } from '../fixture.ts';

const patient = { resourceType: 'Patient', name: [{ family: 'Fenwick', given: ['Ada'] }], birthDate: '1970-01-31' };
const numbered = (value: string) => ({
  ...patient,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }],
});

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const put = async (id: string, more: object = {}) =>
  endpoint.request('PUT', `Patient/${id}`, { body: { ...patient, id, ...more } });

describe('create', () => {
  it('gives an id of its own, version 1, and says where it is', async () => {
    const reply = await endpoint.request('POST', 'Patient', { body: { ...patient, id: 'mine' } });
    const { id } = reply.body;
    expect(reply.status).toBe(201);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(reply.headers.location).toBe(`http://sandbox.test/sandboxes/s/provider/FHIR/R4/Patient/${id}/_history/1`);
    expect(reply.headers.etag).toBe('W/"1"');
    expect((await endpoint.request('GET', `Patient/${id}`)).text).toBe(reply.text);
  });

  it.each([
    ['return=minimal', ''],
    ['return=representation', 'Patient'],
    ['return=OperationOutcome', 'OperationOutcome'],
    ['respond-async; return=minimal', ''],
    ['return=everything', 'Patient'],
  ])('answers Prefer: %s as asked', async (prefer, type) => {
    const reply = await endpoint.request('POST', 'Patient', { body: patient, headers: { prefer } });
    expect([reply.status, reply.body.resourceType ?? '']).toEqual([201, type]);
    expect(reply.headers.location).toBeDefined();
    expect(reply.headers['content-type'] === undefined).toBe(type === '');
  });

  it.each([
    ['', 400, 'structure', undefined, 'The body is empty'],
    ['{"resourceType":"Patient",}', 400, 'structure', undefined, 'line 1, column 27'],
    ['[]', 400, 'structure', 'Patient', 'has to be a Patient resource, but it is an array'],
    ['null', 400, 'structure', 'Patient', 'has to be a Patient resource, but it is null'],
    ['{}', 400, 'structure', 'Patient.resourceType', 'an object without resourceType'],
    [{ resourceType: '' }, 400, 'structure', 'Patient.resourceType', 'an object whose resourceType is empty'],
    [{ resourceType: 7 }, 400, 'structure', 'Patient.resourceType', 'an object whose resourceType is no text'],
    [
      { resourceType: 'Observation' },
      400,
      'structure',
      'Patient.resourceType',
      "The path says Patient, but the resourceType of the body is 'Observation'",
    ],
    [{ ...patient, birthDate: '31/01/1970' }, 400, 'value', 'Patient.birthDate', ''],
    [{ ...patient, colour: 'red' }, 400, 'structure', 'Patient.colour', ''],
    [numbered('9000000000'), 400, 'value', 'Patient.identifier[0].value', 'check digit'],
    [numbered('4010232137'), 400, 'business-rule', 'Patient.identifier[0].value', 'ALLOW_REAL_NHS_NUMBERS=true'],
  ])('refuses %j with %i', async (body, status, code, expression, diagnostics) => {
    const reply = await endpoint.request('POST', 'Patient', { body });
    expect(reply.status).toBe(status);
    const [issue] = reply.body.issue ?? [];
    expect(issue?.code).toBe(code);
    if (expression !== undefined) expect(issue?.expression).toEqual([expression]);
    expect(issue?.diagnostics).toContain(diagnostics);
  });

  it('names every fault of a resource', async () => {
    const body = { ...patient, birthDate: 'x', gender: 'y', name: 'z' };
    const reply = await endpoint.request('POST', 'Patient', { body });
    expect(reply.body.issue?.flatMap((issue) => issue.expression ?? []).sort()).toEqual([
      'Patient.birthDate',
      'Patient.gender',
      'Patient.name',
    ]);
  });

  it('lets real NHS numbers through where the operator said so, but no wrong check digit', async () => {
    const open = await openTestEndpoint({ allowRealNhsNumbers: true });
    expect((await open.request('POST', 'Patient', { body: numbered('4010232137') })).status).toBe(201);
    expect((await open.request('POST', 'Patient', { body: numbered('9000000000') })).status).toBe(400);
    await open.close();
  });

  it('refuses a body of another FHIR version', async () => {
    const headers = { 'content-type': 'application/fhir+json; fhirVersion=3.0' };
    expect((await endpoint.request('POST', 'Patient', { body: patient, headers })).status).toBe(415);
  });
});

describe('update', () => {
  it('creates under a free id and then counts versions up', async () => {
    const created = await put('u1');
    expect([created.status, created.headers.etag]).toEqual([201, 'W/"1"']);
    const updated = await put('u1', {
      active: true,
      meta: { versionId: '99', lastUpdated: '2001-01-01T00:00:00Z', tag: [{ code: 'kept' }] },
    });
    expect([updated.status, updated.headers.etag]).toEqual([200, 'W/"2"']);
    expect(updated.body.meta).toEqual({
      versionId: '2',
      lastUpdated: '2026-11-22T09:30:00.123Z',
      tag: [{ code: 'kept' }],
    });
  });

  it.each([
    ['W/"1"', 200],
    ['"1"', 200],
    ['W/"7", W/"1"', 200],
    ['*', 200],
    ['W/"2"', 412],
    ['W/"x"', 412],
    ['1', 400],
    ['W/1', 400],
    ['', 400],
  ])('of version 1 with If-Match %s answers %i', async (ifMatch, status) => {
    const id = `m-${Buffer.from(ifMatch).toString('hex')}`;
    await put(id);
    const reply = await endpoint.request('PUT', `Patient/${id}`, {
      body: { ...patient, id },
      headers: { 'if-match': ifMatch },
    });
    expect(reply.status).toBe(status);
    const now = await endpoint.request('GET', `Patient/${id}`);
    expect(now.headers.etag).toBe(status === 200 ? 'W/"2"' : 'W/"1"');
  });

  it('with If-Match of what does not exist is a conflict', async () => {
    const reply = await endpoint.request('PUT', 'Patient/u9', {
      body: { ...patient, id: 'u9' },
      headers: { 'if-match': 'W/"1"' },
    });
    expect([reply.status, reply.body.issue?.[0]?.diagnostics]).toEqual([
      412,
      'If-Match asks for version 1 of Patient/u9, which does not exist',
    ]);
  });

  it('with If-None-Match: * only creates', async () => {
    const headers = { 'if-none-match': '*' };
    const first = await endpoint.request('PUT', 'Patient/u2', { body: { ...patient, id: 'u2' }, headers });
    const second = await endpoint.request('PUT', 'Patient/u2', { body: { ...patient, id: 'u2' }, headers });
    expect([first.status, second.status]).toEqual([201, 412]);
  });

  it.each([
    [{ ...patient, id: 'other' }, "The id of the body, 'other', is not the id of the path, 'u3'"],
    [patient, 'The body has no id'],
  ])('refuses %j under another id', async (body, diagnostics) => {
    const reply = await endpoint.request('PUT', 'Patient/u3', { body });
    expect(reply.status).toBe(400);
    expect(reply.body.issue?.[0]?.diagnostics).toContain(diagnostics);
    expect(reply.body.issue?.[0]?.expression).toEqual(['Patient.id']);
  });

  it('without If-Match is refused where the dialect requires it, but may create', async () => {
    const strict = await openTestEndpoint({ dialect: { ...testDialect, concurrency: { ifMatchRequired: true } } });
    const body = { ...patient, id: 'x' };
    expect((await strict.request('PUT', 'Patient/x', { body })).status).toBe(201);
    expect((await strict.request('PUT', 'Patient/x', { body })).status).toBe(400);
    expect(
      (await strict.request('PATCH', 'Patient/x', { body: [{ op: 'add', path: '/active', value: true }] })).status,
    ).toBe(400);
    expect((await strict.request('PUT', 'Patient/x', { body, headers: { 'if-match': 'W/"1"' } })).status).toBe(200);
    await strict.close();
  });
});
