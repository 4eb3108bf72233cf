import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, type Box, type Registry, startRegistry } from '../sandboxes.test-data.ts';
import { nrl, nrlPointer, ods, subject } from './nrl.test-data.ts';

let registry: Registry;
let box: Box;
let producer: string;
let consumer: string;
beforeAll(async () => {
  registry = await startRegistry();
  box = await registry.box('nrl');
  producer = `${box.at('registry')}/record-locator/producer/FHIR/R4/DocumentReference`;
  consumer = `${box.at('registry')}/record-locator/consumer/FHIR/R4/DocumentReference`;
});
afterAll(() => registry.close());

const post = (body: unknown, more: Parameters<typeof nrl>[1] = {}) => nrl(producer, { method: 'POST', body, ...more });
const made = async (changes: Readonly<Record<string, unknown>> = {}): Promise<{ id: string; url: string }> => {
  const { status, headers, body } = await post(nrlPointer(changes));
  expect([status, body]).toEqual([201, expect.anything()]);
  const url = headers.get('location') ?? '';
  return { id: url.split('/').at(-1) ?? '', url };
};
const codeOf = (body: unknown): unknown =>
  (body as fhir4.OperationOutcome).issue[0]?.details?.coding?.[0]?.code ?? 'no code';
const find = (query: Readonly<Record<string, string>>, options: Parameters<typeof nrl>[1] = {}) =>
  nrl(`${consumer}/_search`, {
    method: 'POST',
    body: JSON.stringify(query),
    ...options,
    headers: { 'content-type': 'application/json', ...options.headers },
  });
const BY_ADA = { 'subject:identifier': ADA };

describe('a producer at NRL', () => {
  it('registers a pointer, whose id begins with its code, and reads it again', async () => {
    const { status, headers, body } = await post(nrlPointer(), { headers: { 'x-correlation-id': 'any.value' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'information', code: 'informational', details: { coding: [{ code: 'RESOURCE_CREATED' }] } }],
    });
    expect(headers.get('x-correlation-id')).toBe('any.value');
    const location = headers.get('location') ?? '';
    expect(location).toMatch(/\/record-locator\/producer\/FHIR\/R4\/DocumentReference\/X99101-[0-9a-f-]{36}$/);
    expect((await nrl(location)).body).toMatchObject({ custodian: ods('X99101'), date: expect.any(String) });
  });

  it('replaces pointers, which are deleted, and is told so', async () => {
    const old = await made({ subject: subject('9990000026') });
    const relatesTo = [{ code: 'replaces', target: { identifier: { value: old.id } } }];
    const replaced = await post(nrlPointer({ subject: subject('9990000026'), relatesTo }));
    expect([replaced.status, codeOf(replaced.body)]).toEqual([201, 'RESOURCE_SUPERSEDED']);
    expect((await nrl(old.url)).status).toBe(404);
    const found = await find({ 'subject:identifier': 'https://fhir.nhs.uk/Id/nhs-number|9990000026' });
    expect(found.body).toMatchObject({ total: 1 });
  });

  it('updates its pointer and deletes it, each with an outcome', async () => {
    const { id, url } = await made();
    const changed = await nrl(url, { method: 'PUT', body: { ...nrlPointer(), id, description: 'Reviewed' } });
    expect([changed.status, codeOf(changed.body)]).toEqual([200, 'RESOURCE_UPDATED']);
    expect((await nrl(url)).body).toMatchObject({ description: 'Reviewed', meta: { versionId: '2' } });
    const gone = await nrl(url, { method: 'DELETE' });
    expect([gone.status, codeOf(gone.body)]).toEqual([200, 'RESOURCE_DELETED']);
    // There are no versions in NRL: what was withdrawn is as if it had never been.
    const asConsumer = `${consumer}/${id}`;
    const body = { ...nrlPointer(), id };
    for (const [at, options] of [
      [url, { method: 'DELETE' }],
      [url, {}],
      [asConsumer, {}],
      [url, { method: 'PUT', body }],
    ] as const) {
      const reply = await nrl(at, options);
      expect([reply.status, codeOf(reply.body), reply.headers.get('etag')]).toEqual([404, 'RESOURCE_NOT_FOUND', null]);
      expect(JSON.stringify(reply.body)).toContain('could not be found');
    }
  });

  it('finds its own pointers and no others', async () => {
    const { status, body } = await nrl(`${producer}?subject:identifier=${ADA}`);
    expect([status, (body as fhir4.Bundle).total]).toEqual([200, 1]);
    expect(JSON.stringify(body)).not.toContain('X99102-');
  });
});

describe('a consumer at NRL', () => {
  it('gets the same by GET, by POST of JSON, and by a form', async () => {
    const byGet = await nrl(`${consumer}?subject:identifier=${encodeURIComponent(ADA)}`);
    const byPost = await find(BY_ADA);
    const form = new URLSearchParams(BY_ADA).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const byForm = await nrl(`${consumer}/_search`, { method: 'POST', body: form, headers });
    const ids = ({ body }: typeof byGet) => (body as fhir4.Bundle).entry?.map(({ resource }) => resource?.id);
    expect(ids(byGet)).toEqual(['X99101-crisis-plan', 'X99102-contingency-plan']);
    expect(ids(byPost)).toEqual(ids(byGet));
    expect(ids(byForm)).toEqual(ids(byGet));
    expect(JSON.stringify((byPost.body as fhir4.Bundle).link)).not.toContain('9000000009');
  });

  it.each([
    [{ type: 'http://snomed.info/sct|736253002' }, 1],
    [{ type: 'http://snomed.info/sct|736253002,http://snomed.info/sct|325691000000100' }, 2],
    [{ category: 'http://snomed.info/sct|1102421000000108' }, 0],
    [{ 'custodian:identifier': 'https://fhir.nhs.uk/Id/ods-organization-code|X99102' }, 1],
  ])('narrows by %j', async (more, total) => {
    const { body } = await find({ ...BY_ADA, ...more });
    expect(body).toMatchObject({ type: 'searchset', total });
    const counted = await find({ ...BY_ADA, ...more, _summary: 'count' });
    expect(counted.body).toMatchObject({ total });
    expect(counted.body).not.toHaveProperty('entry');
  });

  it('is led to where the repositories of this sandbox are', async () => {
    const { body } = await nrl(`${consumer}/X99101-crisis-plan`);
    const url = (body as fhir4.DocumentReference).content[0]?.attachment.url;
    expect(url).toBe(`${box.at('repository')}/FHIR/R4/Binary/crisis-plan`);
    const document = await fetch(url ?? '');
    expect([document.status, document.headers.get('content-type')]).toEqual([200, 'text/plain;charset=utf-8']);
  });
});

describe('NRL refuses', () => {
  it.each(['id', 'subject', 'custodian', 'type', 'masterIdentifier', 'date'])('a change of %s', async (field) => {
    const masterIdentifier = { system: 'urn:test', value: `of ${field}` };
    const { id, url } = await made({ masterIdentifier });
    const changes: Readonly<Record<string, unknown>> = {
      id: `${id}0`,
      subject: subject('9990000026'),
      custodian: ods('X99102'),
      type: nrlPointer().type && {
        coding: [{ system: 'http://snomed.info/sct', code: '736373009', display: 'End of life care plan' }],
      },
      masterIdentifier: { system: 'urn:test', value: 'other' },
      date: '2020-01-01T00:00:00Z',
    };
    const body = { ...nrlPointer(), id, masterIdentifier, [field]: changes[field] };
    const refused = await nrl(url, { method: 'PUT', body });
    expect([refused.status, codeOf(refused.body)]).toEqual([400, 'BAD_REQUEST']);
    expect(((await nrl(url)).body as { meta: object }).meta).toMatchObject({ versionId: '1' });
  });

  it('the same document twice, until its pointer is withdrawn', async () => {
    const masterIdentifier = { system: 'urn:test', value: 'once' };
    const { url } = await made({ masterIdentifier });
    const again = await post(nrlPointer({ masterIdentifier }));
    expect([again.status, codeOf(again.body)]).toEqual([400, 'DUPLICATE_REJECTED']);
    await nrl(url, { method: 'DELETE' });
    expect((await post(nrlPointer({ masterIdentifier }))).status).toBe(201);
  });

  it('a HEAD, where its repositories do not', async () => {
    const refused = await fetch(`${consumer}/X99101-crisis-plan`, {
      method: 'HEAD',
      headers: { 'nhsd-end-user-organisation-ods': 'X99101', 'x-request-id': crypto.randomUUID() },
    });
    expect(refused.status).toBe(405);
    const patched = await nrl(`${consumer}/X99101-crisis-plan`, { method: 'PATCH', body: {} });
    expect([patched.status, patched.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });
});
