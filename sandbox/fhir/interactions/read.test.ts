import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const ada = {
  resourceType: 'Patient',
  id: 'ada',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Ada</div>' },
  active: true,
  name: [{ family: 'Fenwick', given: ['Ada'] }],
  birthDate: '1970-01-31',
  communication: [{ language: { text: 'English' } }],
};

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  await endpoint.request('PUT', 'Patient/ada', { body: ada });
  endpoint.clock.now += 5000;
  await endpoint.request('PUT', 'Patient/ada', { body: { ...ada, active: false } });
  await endpoint.request('PUT', 'Patient/gone', { body: { ...ada, id: 'gone' } });
  await endpoint.request('DELETE', 'Patient/gone');
});
afterAll(() => endpoint.close());

describe('read', () => {
  it('gives the resource with its version as a weak ETag and its time as Last-Modified', async () => {
    const reply = await endpoint.request('GET', 'Patient/ada');
    expect(reply.status).toBe(200);
    expect(reply.headers).toEqual({
      etag: 'W/"2"',
      'last-modified': 'Sun, 22 Nov 2026 09:30:05 GMT',
      'content-type': 'application/fhir+json; charset=utf-8',
    });
    expect(reply.body).toEqual({
      ...ada,
      active: false,
      meta: { versionId: '2', lastUpdated: '2026-11-22T09:30:05.123Z' },
    });
  });

  it.each([
    ['Patient/nobody', 404, 'not-found', "There is no Patient with the id 'nobody'"],
    ['Patient/a_b', 400, 'value', "'a_b' is not a valid id"],
    [`Patient/${'a'.repeat(65)}`, 400, 'value', 'is not a valid id'],
    ['Patient/gone', 410, 'deleted', 'Patient/gone was deleted (version 2)'],
    ['Patients/ada', 404, 'not-supported', "'Patients' is not a resource type of FHIR R4"],
    ['patient/ada', 404, 'not-supported', 'did you mean Patient?'],
    ['Patient/ada/_history/9', 404, 'not-found', "There is no version '9' of Patient/ada"],
    ['Patient/ada/_history/x', 404, 'not-found', "There is no version 'x'"],
    ['Patient/ada/_history/01', 404, 'not-found', "There is no version '01'"],
    ['Patient/nobody/_history/1', 404, 'not-found', "There is no version '1' of Patient/nobody"],
    ['Patient/gone/_history/2', 410, 'deleted', 'Patient/gone was deleted (version 2)'],
    ['Patient/ada?_summary=some', 400, 'invalid', '_summary is true, false, text, data or count'],
    ['Patient/ada?_pretty=yes', 400, 'invalid', "_pretty is 'true' or 'false'"],
  ])('answers %s with %i', async (url, status, code, diagnostics) => {
    const reply = await endpoint.request('GET', url);
    expect(reply.status).toBe(status);
    expect(reply.body.issue?.[0]).toMatchObject({ severity: 'error', code });
    expect(reply.body.issue?.[0]?.diagnostics).toContain(diagnostics);
  });

  it('gives an older version by vread, also of what was deleted', async () => {
    const first = await endpoint.request('GET', 'Patient/ada/_history/1');
    expect([first.status, first.headers.etag, first.body.active]).toEqual([200, 'W/"1"', true]);
    const gone = await endpoint.request('GET', 'Patient/gone/_history/1');
    expect([gone.status, gone.body.id]).toEqual([200, 'gone']);
  });

  it.each([
    [{ 'if-none-match': 'W/"2"' }, 304],
    [{ 'if-none-match': '"2"' }, 304],
    [{ 'if-none-match': 'W/"1", W/"2"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': 'W/"1"' }, 200],
    [{ 'if-none-match': '2' }, 304],
    [{ 'if-none-match': '1' }, 200],
    [{ 'if-none-match': 'W/"2' }, 200],
    [{ 'if-modified-since': 'Sun, 22 Nov 2026 09:30:05 GMT' }, 304],
    [{ 'if-modified-since': 'Sun, 22 Nov 2026 09:30:04 GMT' }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': 'W/"1"', 'if-modified-since': 'Sun, 22 Nov 2026 09:30:05 GMT' }, 200],
  ])('with %j answers %i', async (headers, status) => {
    const reply = await endpoint.request('GET', 'Patient/ada', { headers });
    expect(reply.status).toBe(status);
    if (status === 304) expect([reply.text, reply.headers.etag]).toEqual(['', 'W/"2"']);
  });

  it.each([
    ['_summary=true', ['resourceType', 'id', 'meta', 'active', 'name', 'birthDate']],
    ['_summary=text', ['resourceType', 'id', 'meta', 'text']],
    ['_summary=data', ['resourceType', 'id', 'meta', 'active', 'name', 'birthDate', 'communication']],
    ['_elements=birthDate,name', ['resourceType', 'id', 'meta', 'name', 'birthDate']],
  ])('with %s gives a part, marked as one', async (query, members) => {
    const { body } = await endpoint.request('GET', `Patient/ada?${query}`);
    expect(Object.keys(body).sort()).toEqual([...members].sort());
    expect(body.meta?.tag).toEqual([
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' },
    ]);
  });

  it('breaks the lines where _pretty asks', async () => {
    const { text } = await endpoint.request('GET', 'Patient/ada?_pretty=true');
    expect(text.split('\n').length).toBeGreaterThan(10);
  });

  it.each([
    ['application/fhir+json', '', 'application/fhir+json; charset=utf-8'],
    ['application/json', '', 'application/json; charset=utf-8'],
    ['text/html, application/xml;q=0.9, */*;q=0.8', '', 'application/fhir+json; charset=utf-8'],
    ['application/fhir+json;q=0.1, application/json', '', 'application/json; charset=utf-8'],
    ['application/fhir+json; fhirVersion=4.0', '', 'application/fhir+json; fhirVersion=4.0; charset=utf-8'],
    [
      'application/fhir+json; fhirVersion=3.0, application/fhir+json; fhirVersion=4.0',
      '',
      'application/fhir+json; fhirVersion=4.0; charset=utf-8',
    ],
    ['application/fhir+xml', '_format=json', 'application/fhir+json; charset=utf-8'],
    ['*/*', '_format=application/json', 'application/json; charset=utf-8'],
    ['*/*', '_format=application/fhir+json', 'application/fhir+json; charset=utf-8'],
    ['*/*', '_format=application%2Ffhir%2Bjson', 'application/fhir+json; charset=utf-8'],
  ])('to Accept %s with %s answers %s', async (accept, query, type) => {
    const reply = await endpoint.request('GET', `Patient/ada?${query}`, { headers: { accept } });
    expect([reply.status, reply.headers['content-type']]).toEqual([200, type]);
  });

  it.each([
    ['application/fhir+xml', '', 'Accept'],
    ['application/fhir+json;q=0', '', 'Accept'],
    ['application/fhir+json; fhirVersion=3.0', '', 'FHIR version 3.0 is not served'],
    ['*/*', '_format=xml', "_format 'xml' is not served"],
  ])('refuses Accept %s with %s', async (accept, query, diagnostics) => {
    const reply = await endpoint.request('GET', `Patient/ada?${query}`, { headers: { accept } });
    expect(reply.status).toBe(406);
    expect(reply.body.issue?.[0]?.diagnostics).toContain(diagnostics);
  });
});
