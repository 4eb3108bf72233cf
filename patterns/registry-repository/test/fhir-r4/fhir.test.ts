import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, type Box, call, type Registry, startRegistry } from '../sandboxes.test-data.ts';
import { fhirPointer as pointer } from './pointer.test-data.ts';

let registry: Registry;
let box: Box;
let pointers: string;
beforeAll(async () => {
  registry = await startRegistry();
  box = await registry.box('fhir-r4');
  pointers = `${box.at('registry')}/FHIR/R4/DocumentReference`;
});
afterAll(() => registry.close());

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  call(pointers, { method: 'POST', body, headers });
const made = async (changes: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const { status, body } = await post(pointer(changes));
  expect([status, body]).toEqual([201, expect.anything()]);
  return (body as fhir4.DocumentReference).id ?? '';
};
const issueOf = (body: unknown) => (body as fhir4.OperationOutcome).issue[0];
const totalOf = (body: unknown) => (body as fhir4.Bundle).total;

describe('a registry in fhir-r4', () => {
  it('takes pointers about people without NHS number, from organisations without ODS code', async () => {
    const { status, headers, body } = await post(pointer());
    expect(status).toBe(201);
    expect((body as fhir4.DocumentReference).id).toMatch(/^SchoolofSt.AnneNo4-[0-9a-f-]{36}$/);
    expect(headers.get('location')).toContain('/FHIR/R4/DocumentReference/SchoolofSt.AnneNo4-');
    const found = await call(`${pointers}?subject:identifier=https://school.example/pupil|A-7&status=current`);
    expect([found.status, totalOf(found.body)]).toEqual([200, 1]);
    const pupil = await registry.act(box.id, 'requester', 'find-and-retrieve', {
      person: 'https://integration.example/id/pupil|P-2041',
    });
    expect(pupil).toMatchObject({ complete: true, documents: [{ title: 'Education, health and care plan' }] });
  });

  it.each(['subject:identifier', 'patient:identifier', 'patient.identifier', 'subject.identifier'])(
    'is searched by %s, by GET and by POST alike, and counts',
    async (name) => {
      const query = new URLSearchParams({ [name]: ADA });
      const byGet = await call(`${pointers}?${query}`);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const byPost = await call(`${pointers}/_search`, { method: 'POST', body: query.toString(), headers });
      const ids = (body: unknown) => (body as fhir4.Bundle).entry?.map(({ resource }) => resource?.id);
      expect(ids(byGet.body)).toEqual(['X99101-crisis-plan', 'ASHCOMBE-contingency-plan', 'X99101-support-plan']);
      expect(ids(byPost.body)).toEqual(ids(byGet.body));
      expect(totalOf((await call(`${pointers}?${query}&_summary=count`)).body)).toBe(3);
    },
  );

  it('keeps a pointer that was replaced, as superseded, so that who asks for what is current does not find it', async () => {
    const subject = { identifier: { system: 'https://school.example/pupil', value: 'B-1' } };
    const old = await made({ subject });
    const relatesTo = [{ code: 'replaces', target: { reference: `DocumentReference/${old}` } }];
    const next = await made({ subject, relatesTo });
    expect((await call(`${pointers}/${old}`)).body).toMatchObject({ status: 'superseded', meta: { versionId: '2' } });
    const current = await call(`${pointers}?subject:identifier=https://school.example/pupil|B-1&status=current`);
    expect((current.body as fhir4.Bundle).entry?.map(({ resource }) => resource?.id)).toEqual([next]);
  });

  it('changes and withdraws a pointer of the caller, by version where one is named', async () => {
    const id = await made();
    const url = `${pointers}/${id}`;
    const stale = await call(url, { method: 'PUT', body: pointer({ id }), headers: { 'if-match': 'W/"7"' } });
    expect(stale.status).toBe(412);
    const changed = await call(url, {
      method: 'PUT',
      body: pointer({ id, description: 'x' }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, 'W/"2"']);
    expect((await call(url, { method: 'DELETE' })).status).toBe(204);
    expect((await call(url)).status).toBe(410);
    expect((await call(url, { method: 'DELETE' })).status).toBe(204);
  });

  it('says what it serves: pointers, and nothing else', async () => {
    const { body } = await call(`${box.at('registry')}/FHIR/R4/metadata`);
    expect((body as fhir4.CapabilityStatement).rest?.[0]?.resource?.map(({ type }) => type)).toEqual([
      'DocumentReference',
    ]);
  });

  it('registers a document once for its custodian', async () => {
    const masterIdentifier = { system: 'urn:test', value: 'once' };
    const id = await made({ masterIdentifier });
    const again = await post(pointer({ masterIdentifier }));
    expect([again.status, issueOf(again.body)?.code]).toEqual([409, 'duplicate']);
    expect(issueOf(again.body)?.diagnostics).toContain(id);
  });

  it('registers it once, too, when ten try at the same time', async () => {
    const masterIdentifier = { system: 'urn:test', value: 'raced' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => post(pointer({ masterIdentifier }))));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
  });
});

describe('a repository', () => {
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${box.at('repository')}/FHIR/R4/${path}`, { headers });

  it('gives a document in its own type, and as FHIR where FHIR is asked for', async () => {
    const raw = await get('Binary/crisis-plan');
    expect([raw.status, raw.headers.get('content-type')]).toEqual([200, 'text/plain;charset=utf-8']);
    expect(await raw.text()).toContain('keep the lights low');
    const fhir = await get('Binary/crisis-plan', { accept: 'application/fhir+json' });
    expect(await fhir.json()).toMatchObject({ resourceType: 'Binary', contentType: 'text/plain;charset=utf-8' });
    expect((await get('Binary/crisis-plan', { accept: 'application/pdf' })).status).toBe(406);
    expect(await (await get('CarePlan/support-plan')).json()).toMatchObject({
      resourceType: 'CarePlan',
      intent: 'plan',
    });
  });

  it('lets nobody search for documents, and nobody write', async () => {
    expect((await get('Binary?_id=crisis-plan')).status).toBe(404);
    expect((await get('AuditEvent/none')).status).toBe(404);
    const written = await call(`${box.at('repository')}/FHIR/R4/Binary`, {
      method: 'POST',
      body: { resourceType: 'Binary' },
    });
    expect(written.status).toBe(404);
  });

  it('refuses a restricted document to a known caller and an unknown one, and shows both in its audit', async () => {
    const other = await registry.box('fhir-r4');
    const url = `${other.at('repository')}/FHIR/R4`;
    const refused = await call(`${url}/Binary/end-of-life-plan`, { headers: { 'x-request-id': 'r-1' } });
    expect([refused.status, issueOf(refused.body)?.code]).toEqual([403, 'forbidden']);
    expect((await fetch(`${url}/Binary/none`)).status).toBe(404);
    expect((await fetch(`${url}/Binary/crisis-plan`)).status).toBe(200);
    const { body } = await call(`${url}/AuditEvent?_sort=date`);
    const events = (body as fhir4.Bundle<fhir4.AuditEvent>).entry?.map(({ resource }) => resource) ?? [];
    expect(events.map((event) => [event?.outcome, event?.entity?.[0]?.what?.reference])).toEqual([
      ['8', 'Binary/end-of-life-plan'],
      ['4', 'Binary/none'],
      ['0', 'Binary/crisis-plan'],
    ]);
    expect(events[0]).toMatchObject({
      agent: [{ who: { display: 'unknown' }, requestor: true }],
      source: { observer: { display: 'Ashcombe Mental Health Trust' } },
      entity: [{}, { what: { identifier: { value: 'r-1' } } }],
    });
    expect(totalOf((await call(`${url}/AuditEvent?entity=Binary/crisis-plan`)).body)).toBe(1);
  });

  it('says what it serves: documents to read, and an audit to search', async () => {
    const { body } = await call(`${box.at('repository')}/FHIR/R4/metadata`);
    const resources = (body as fhir4.CapabilityStatement).rest?.[0]?.resource ?? [];
    expect(resources.map(({ type, interaction }) => [type, interaction?.map(({ code }) => code).join(' ')])).toEqual([
      ['Binary', 'read'],
      ['CarePlan', 'read'],
      ['AuditEvent', 'read search-type'],
    ]);
  });
});
