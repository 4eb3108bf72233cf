import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADT_A01 } from '../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { startEcho } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
});
afterAll(() => service.close());

const ER7 = 'x-application/hl7-v2+er7';
const send = (body: string, accept = 'application/json', query = '') =>
  api('POST', `/api/hl7/to-fhir${query}`, { headers: { 'content-type': ER7, accept }, body });
const back = (body: unknown, accept = 'application/json', query = '') =>
  api<Record<string, unknown> & string>('POST', `/api/hl7/from-fhir${query}`, {
    headers: { 'content-type': 'application/fhir+json', accept },
    body,
  });

/** A valid number that does not begin with 9: it could be anybody's. */
const real = (text: string): string => text.replace('9990000018', '4010232137');

describe('HL7 v2 to FHIR over the API', () => {
  it('gives the Bundle with where each element came from and what was dropped', async () => {
    const { status, body } = await send(ADT_A01);
    expect(status).toBe(200);
    expect(body).toMatchObject({ bundle: { resourceType: 'Bundle', type: 'message' }, removed: [] });
    expect(body.lineage).toContainEqual({
      entry: expect.any(Number),
      resourceType: 'Patient',
      element: 'birthDate',
      from: 'PID-7',
      kind: 'value',
    });
    expect(body.dropped).toContainEqual({ from: 'PID-1', value: '1', reason: 'the number of the segment' });
  });

  it('gives the Bundle alone to who asks for FHIR', async () => {
    const headers = { 'content-type': ER7, accept: 'application/fhir+json' };
    const answer = await fetch(`${service.url}/api/hl7/to-fhir`, { method: 'POST', headers, body: ADT_A01 });
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(await answer.json()).toMatchObject({ resourceType: 'Bundle', type: 'message' });
  });

  it('reads a body in the character set of MSH-18, and times in the zone that is told', async () => {
    const latin = ADT_A01.replace('UNICODE UTF-8', '8859/1')
      .replace('ADA^MAY', 'ZOË^MAY')
      .replace('101400+0000', '101400')
      // Else that of MSH-7 would be the zone.
      .replace('101500+0000', '101500');
    const response = await fetch(`${service.url}/api/hl7/to-fhir?zone=%2B01:00`, {
      method: 'POST',
      headers: { 'content-type': ER7 },
      body: Buffer.from(latin, 'latin1'),
    });
    const text = await response.text();
    expect(text).toContain('ZOË');
    expect(text).toContain('"recorded":"2026-03-01T10:14:00+01:00"');
  });

  it.each([
    ['what is no message', 'PID|1', 422, undefined],
    [
      'a character set that nobody knows',
      ADT_A01.replace('UNICODE UTF-8', 'BIG-5').replace('ADA', 'ZOË'),
      422,
      'MSH-18',
    ],
    ['a number that may be a real person', real(ADT_A01), 400, undefined],
    ['a zone that is none', ADT_A01, 400, 'zone'],
  ])('refuses %s', async (what, body, status, at) => {
    const answer = await send(body, 'application/json', what.startsWith('a zone') ? '?zone=noon' : '');
    expect(answer.status).toBe(status);
    if (at !== undefined) expect(JSON.stringify(answer.body)).toContain(at);
    expect(JSON.stringify(answer.body)).not.toContain('4010232137');
  });
});

describe('FHIR to HL7 v2 over the API', () => {
  const patient = {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
    name: [{ family: 'TESTPATIENT' }],
    photo: [{ title: 'Portrait' }],
  };

  it('gives the message with what is lost, or alone', async () => {
    const { body } = await back(patient, 'application/json', '?event=A28');
    expect(body.message).toMatch(/^MSH\|.*\|ADT\^A28\^ADT_A05\|/);
    expect(body.dropped).toEqual([{ entry: 0, resourceType: 'Patient', element: 'photo[0].title', value: 'Portrait' }]);
    const alone = await back(patient, ER7);
    expect(alone.headers['content-type']).toContain(ER7);
    expect(alone.body).toMatch(/^MSH\|[^\r]*\rEVN\|A31/);
  });

  it('gives back what came', async () => {
    const { bundle } = (await send(ADT_A01)).body;
    const { body } = await back(bundle);
    expect(String(body.message).split('\r').slice(1, 3)).toEqual(ADT_A01.split('\r').slice(1, 3));
  });

  it.each([
    ['nobody whom it would be about', { resourceType: 'Observation' }, '', 422],
    ['an event that is not written', patient, '?event=A40', 400],
    ['what is no resource', { hello: 1 }, '', 400],
    ['a number that may be a real person', JSON.parse(real(JSON.stringify(patient))), '', 400],
  ])('refuses %s', async (_, body, query, status) => {
    expect((await back(body, 'application/json', query)).status).toBe(status);
  });
});
