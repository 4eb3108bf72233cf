import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from './fixture.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const PDF = { 'content-type': 'application/pdf', 'x-security-context': 'Patient/p' };

describe('what a Binary holds', () => {
  it('is taken as it is, by create and by update, and a Binary as a Binary', async () => {
    const created = await endpoint.request('POST', 'Binary', { body: '%PDF', headers: PDF });
    expect([created.status, created.body]).toMatchObject([
      201,
      { contentType: 'application/pdf', securityContext: { reference: 'Patient/p' }, data: 'JVBERg==' },
    ]);
    const headers = { 'content-type': 'text/plain;  charset=utf-8' };
    const updated = await endpoint.request('PUT', 'Binary/b', { body: 'words', headers });
    expect([updated.status, updated.body.contentType]).toEqual([201, 'text/plain; charset=utf-8']);
    const body = { resourceType: 'Binary', contentType: 'application/json', data: 'e30=' };
    const whole = await endpoint.request('POST', 'Binary', {
      body,
      headers: { 'content-type': 'application/fhir+json' },
    });
    expect([whole.status, whole.body]).toMatchObject([201, body]);
  });

  it('is given as it is, unless a type of FHIR or a part is asked for', async () => {
    await endpoint.request('PUT', 'Binary/r', { body: 'words', headers: { 'content-type': 'text/plain' } });
    const read = (url: string, accept?: string) =>
      endpoint.request('GET', url, { headers: accept === undefined ? {} : { accept } });
    for (const accept of ['text/plain', 'text/*', 'text/html, */*;q=0.8', undefined])
      for (const url of ['Binary/r', 'Binary/r/_history/1'])
        expect(await read(url, accept)).toMatchObject({
          status: 200,
          headers: { 'content-type': 'text/plain', etag: 'W/"1"' },
          text: 'words',
        });
    for (const [url, accept] of [
      ['Binary/r', 'application/fhir+json'],
      ['Binary/r', 'application/json'],
      ['Binary/r?_format=json', '*/*'],
      ['Binary/r?_elements=contentType', '*/*'],
    ] as const)
      expect((await read(url, accept)).body).toMatchObject({ resourceType: 'Binary', contentType: 'text/plain' });
  });

  it.each([
    ['GET', 'Binary/r', { accept: 'application/pdf' }, 406, 'The document is text/plain'],
    ['GET', 'Binary/none', { accept: 'text/plain' }, 404, 'There is no Binary'],
    ['GET', 'Binary/r', { accept: 'text/plain', 'if-none-match': 'W/"1"' }, 304, ''],
    ['POST', 'Patient', { 'content-type': 'application/pdf' }, 415, 'The body is "application/pdf"'],
    ['PUT', 'Patient/p', { 'content-type': 'text/plain' }, 415, 'application/fhir+json'],
  ])('%s %s with %j answers %i', async (method, url, headers, status, words) => {
    const reply = await endpoint.request(method, url, { headers, ...(method === 'GET' ? {} : { body: '%PDF' }) });
    expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(words.replaceAll('"', '\\"'))]);
  });
});
