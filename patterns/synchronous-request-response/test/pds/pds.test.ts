import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, call, type Served, serve } from '../served.ts';

let served: Served;
let base: string;
beforeAll(async () => {
  served = await serve(() => Date.UTC(2026, 10, 22, 12));
  base = `${await served.open('pds', { dialect: 'pds', seed: 1, people: 60 })}/provider/FHIR/R4`;
});
afterAll(() => served.close());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  call(`${base}/${path}`, { headers: { 'x-request-id': randomUUID(), ...headers } });
const codeOf = ({ body }: Answered): unknown =>
  // An OperationOutcome of ours, or the test fails here.
  (body as fhir4.OperationOutcome).issue[0]?.details?.coding?.[0]?.code;
const SYSTEM = 'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode';

describe('reading a person in PDS', () => {
  it('gives the record with its version as ETag, and neither more nor less in meta than PDS', async () => {
    const reply = await get('Patient/9000000009');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('etag')).toBe('W/"2"');
    expect(reply.headers.get('content-type')).toContain('application/fhir+json');
    expect(reply.body).toMatchObject({
      id: '9000000009',
      address: [{ id: '456' }],
      generalPractitioner: [{ id: '254406A3' }],
    });
    expect(reply.body).toMatchObject({ meta: { versionId: '2', security: [{ code: 'U' }] } });
    expect(Object.keys((reply.body as fhir4.Patient).meta ?? {})).toEqual(['versionId', 'security']);
  });

  it('echoes X-Request-ID and X-Correlation-ID, on refusals too', async () => {
    for (const [id, status] of [
      ['9000000009', 200],
      ['9111231130', 404],
      ['9000000000', 400],
    ] as const) {
      const sent = { 'x-request-id': randomUUID(), 'x-correlation-id': 'anything at all' };
      const reply = await get(`Patient/${id}`, sent);
      expect(reply.status).toBe(status);
      expect(reply.headers.get('x-request-id')).toBe(sent['x-request-id']);
      expect(reply.headers.get('x-correlation-id')).toBe(sent['x-correlation-id']);
    }
  });

  it('refuses a number that may be a real person’s wherever one can stand, without repeating it', async () => {
    for (const path of ['Patient/4010232137', 'Patient/4010232137/RelatedPerson']) {
      const reply = await get(path);
      expect([reply.status, codeOf(reply)]).toEqual([400, 'INVALID_VALUE']);
      expect(reply.body).toMatchObject({ issue: [{ diagnostics: expect.stringContaining('ALLOW_REAL_NHS_NUMBERS') }] });
      expect(JSON.stringify(reply.body)).not.toContain('4010232137');
    }
    expect((await get('Patient/5182663366')).status).toBe(404);
  });

  it('leaves out of a restricted record what says where the person is', async () => {
    const reply = await get('Patient/9000000025');
    expect(reply.body).toMatchObject({
      id: '9000000025',
      meta: { security: [{ code: 'R' }] },
      name: [{ family: 'Smythe' }],
    });
    for (const element of ['address', 'telecom', 'contact', 'generalPractitioner'])
      expect(reply.body).not.toHaveProperty(element);
  });

  it('answers for a superseded number with the record that replaces it', async () => {
    expect(await get('Patient/9990000018')).toMatchObject({ status: 200, body: { id: '9990000026' } });
  });

  it.each([
    ['a wrong check digit', 'Patient/9000000000', 400, 'INVALID_RESOURCE_ID'],
    ['too few digits', 'Patient/900000000', 400, 'INVALID_RESOURCE_ID'],
    ['no number at all', 'Patient/abc', 400, 'INVALID_RESOURCE_ID'],
    ['a number that nobody has', 'Patient/9111231130', 404, 'RESOURCE_NOT_FOUND'],
    ['an invalidated record', 'Patient/9990000034', 404, 'INVALIDATED_RESOURCE'],
    ['related people of nobody', 'Patient/9111231130/RelatedPerson', 404, 'RESOURCE_NOT_FOUND'],
    ['a resource that PDS does not have', 'Appointment/1', 404, 'UNSUPPORTED_SERVICE'],
    ['capabilities', 'metadata', 404, 'UNSUPPORTED_SERVICE'],
  ])('refuses %s (%s) with %i %s', async (_, path, status, code) => {
    const reply = await get(path);
    expect(reply).toMatchObject({ status, body: { resourceType: 'OperationOutcome' } });
    expect(reply).toMatchObject({
      body: { issue: [{ details: { coding: [{ system: SYSTEM, version: '1', code }] } }] },
    });
  });

  it.each([
    ['absent', undefined, 'MISSING_VALUE'],
    ['no UUID', '1234', 'INVALID_VALUE'],
  ])('refuses an X-Request-ID that is %s', async (_, value, code) => {
    const reply = await call(`${base}/Patient/9000000009`, {
      headers: value === undefined ? {} : { 'x-request-id': value },
    });
    expect(reply.status).toBe(400);
    expect(codeOf(reply)).toBe(code);
  });

  it('answers what it does not serve with UNSUPPORTED_SERVICE', async () => {
    const reply = await call(`${base}/Patient`, {
      method: 'POST',
      headers: { 'x-request-id': randomUUID() },
      body: { resourceType: 'Patient' },
    });
    expect(reply.status).toBe(405);
    expect(codeOf(reply)).toBe('UNSUPPORTED_SERVICE');
  });

  it('lists related people, and none of a restricted person', async () => {
    const two = await get('Patient/9000000009/RelatedPerson');
    expect(two).toMatchObject({ status: 200, body: { type: 'searchset', total: 2 } });
    expect(two).toMatchObject({
      body: { entry: [{ resource: { patient: { identifier: { value: '9000000009' } } } }, {}] },
    });
    expect(await get('Patient/9000000017/RelatedPerson')).toMatchObject({ body: { total: 1 } });
    const none = await get('Patient/9000000025/RelatedPerson');
    expect(none).toMatchObject({ status: 200, body: { total: 0 } });
    expect(none.body).not.toHaveProperty('entry');
  });
});

describe('searching in PDS', () => {
  const search = (query: string) => get(`Patient?${query}`);
  const idsOf = ({ body }: Answered) => ((body as fhir4.Bundle).entry ?? []).map(({ resource }) => resource?.id);
  const BORN = 'birthdate=eq2010-10-22';

  it.each([
    [
      'the plain example',
      `family=Smith&gender=female&${BORN}&email=jane.smith@example.com&phone=01632960587`,
      ['9000000009'],
    ],
    ['another e-mail address', `family=Smith&gender=female&${BORN}&email=deb.trotter@example.com`, []],
    ['a wildcard', `family=Sm*&gender=female&${BORN}`, ['9000000009', '9000000017']],
    [
      'a wildcard and an e-mail address',
      `family=Sm*&gender=female&${BORN}&email=jane.smith@example.com`,
      ['9000000009'],
    ],
    ['a range of dates', 'family=Smith&gender=female&birthdate=ge2010-10-21&birthdate=le2010-10-23', ['9000000009']],
    ['a date without a prefix', 'family=Smith&gender=female&birthdate=2010-10-22', ['9000000009']],
    ['any case, as PDS takes it', `family=SMITH&given=jAnE&${BORN}`, ['9000000009']],
    ['a compound first name and a second', `family=Smith&given=John%20Paul&given=James&${BORN}`, ['9000000041']],
    ['the first given name alone', `family=Smith&given=John*&${BORN}`, ['9000000041']],
    ['the second given name by wildcard', `family=Smith&given=Jam*&${BORN}`, []],
    ['a fuzzy name', `family=Smith&given=Jane&${BORN}&_fuzzy-match=true`, ['9000000009', '9000000017']],
    ['names exchanged', `family=Jane&given=Smith&${BORN}&_fuzzy-match=true`, ['9000000009', '9000000017']],
    ['a former name', 'family=O%27Malley&birthdate=1971-03-14', ['9990000026']],
    ['the postcode without its space', `family=Smith&${BORN}&address-postalcode=zz14qh`, ['9000000009']],
    ['the postcode by wildcard', `family=Smith&${BORN}&address-postalcode=ZZ*&gender=female`, ['9000000009']],
    ['the GP practice', `family=Sm*&${BORN}&general-practitioner=x99002`, ['9000000017']],
    ['the day of death', 'family=Abernethy&birthdate=1931-08-30&death-date=le2025-12-31', ['9990000042']],
    ['another day of death', 'family=Abernethy&birthdate=1931-08-30&death-date=ge2026-01-01', []],
    ['a restricted person by name', 'family=Smythe&birthdate=2005-06-16', ['9000000025']],
    ['a restricted person by postcode', 'family=Smythe&birthdate=2005-06-16&address-postalcode=ZZ14*', []],
    ['a restricted person by practice', 'family=Smythe&birthdate=2005-06-16&general-practitioner=X99003', []],
    ['an invalidated person', 'family=Record&birthdate=1990-01-01', []],
    ['nobody', 'family=Nobody&birthdate=1900-01-01', []],
  ])('by %s finds who there is', async (_, query, ids) => {
    const reply = await search(query);
    expect(reply).toMatchObject({
      status: 200,
      body: { resourceType: 'Bundle', type: 'searchset', total: ids.length },
    });
    expect(idsOf(reply)).toEqual(ids);
  });

  it('scores an exact match 1 and others less, best first, and _exact-match keeps the exact ones', async () => {
    const scores = ({ body }: Answered) => ((body as fhir4.Bundle).entry ?? []).map((entry) => entry.search?.score);
    const fuzzy = await search(`family=Smith&given=Jane&${BORN}&_fuzzy-match=true`);
    expect(scores(fuzzy)[0]).toBe(1);
    expect(scores(fuzzy)[1]).toBeLessThan(1);
    expect(idsOf(await search(`family=Smith&given=Jane&${BORN}&_fuzzy-match=true&_exact-match=true`))).toEqual([
      '9000000009',
    ]);
    expect(idsOf(await search(`family=Sm*&${BORN}&_exact-match=true`))).toEqual([]);
  });

  it('says that too many match, in a 200 that is no searchset', async () => {
    const reply = await search(`family=Sm*&${BORN}&_max-results=1`);
    expect(reply).toMatchObject({
      status: 200,
      body: { resourceType: 'OperationOutcome', issue: [{ code: 'multiple-matches' }] },
    });
    expect(codeOf(reply)).toBe('TOO_MANY_MATCHES');
  });

  it('shows less of a match than a read shows', async () => {
    const { body } = await search('family=O%27Malley-Reid&birthdate=1971-03-14');
    const [entry] = (body as fhir4.Bundle).entry ?? [];
    expect(entry?.fullUrl).toBe(`${base}/Patient/9990000026`);
    expect(entry?.resource).toMatchObject({ name: [{ use: 'usual' }], meta: { versionId: '1' } });
  });

  it.each([
    ['nothing', '', 'UNSUPPORTED_SERVICE'],
    ['an unknown parameter', `family=Sm*&${BORN}&invalidParam=123`, 'ADDITIONAL_PROPERTIES'],
    ['no date of birth', 'family=Smith', 'MISSING_VALUE'],
    ['no family name', `given=Jane&${BORN}`, 'INVALID_SEARCH_DATA'],
    ['too little for a fuzzy search', `family=Smith&${BORN}&_fuzzy-match=true`, 'INVALID_SEARCH_DATA'],
    ['a wildcard after one letter', `family=S*&${BORN}`, 'INVALID_SEARCH_DATA'],
    ['a wildcard in a fuzzy search', `family=Sm*&given=Jane&${BORN}&_fuzzy-match=true`, 'INVALID_SEARCH_DATA'],
    ['a wildcard where there is none', `family=Smith&${BORN}&email=jane*`, 'INVALID_VALUE'],
    ['a date that is none', 'family=Smith&birthdate=eq2010-13-22', 'INVALID_VALUE'],
    ['a date with an unknown prefix', 'family=Smith&birthdate=gt2010-10-22', 'INVALID_VALUE'],
    ['two beginnings of a range', 'family=Smith&birthdate=ge2010-10-22&birthdate=ge2011-10-22', 'INVALID_SEARCH_DATA'],
    [
      'a range the wrong way round',
      'family=Smith&birthdate=ge2011-10-22&birthdate=le2010-10-22',
      'INVALID_SEARCH_DATA',
    ],
    ['a gender that is none', `family=Smith&${BORN}&gender=mal`, 'INVALID_VALUE'],
    ['an empty value', `family=&${BORN}`, 'INVALID_VALUE'],
    ['a name of 36 characters', `family=${'a'.repeat(36)}&${BORN}`, 'INVALID_VALUE'],
    ['more results than there may be', `family=Smith&${BORN}&_max-results=51`, 'INVALID_VALUE'],
    ['both postcodes', `family=Smith&${BORN}&address-postcode=ZZ1&address-postalcode=ZZ1`, 'INVALID_SEARCH_DATA'],
    ['a family name given twice', `family=Smith&family=Jones&${BORN}`, 'INVALID_VALUE'],
  ])('refuses a search with %s', async (_, query, code) => {
    const reply = await search(query);
    expect(reply.status).toBe(400);
    expect(codeOf(reply)).toBe(code);
  });
});

it('takes no HL7 v2, which is offered beside plain FHIR', async () => {
  expect(await served.mllpUrl('pds', 'provider')).toBeUndefined();
});
