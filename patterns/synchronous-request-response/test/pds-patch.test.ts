import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, call, type Served, serve } from './served.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const JSON_PATCH = 'application/json-patch+json';

let served: Served;
let base: string;
let sandboxes = 0;
/** A sandbox for each test, so that each begins with the same records. */
const fresh = async (): Promise<string> => {
  sandboxes += 1;
  return `${await served.open(`p${sandboxes}`, { dialect: 'pds', seed: 1, people: 0 })}/provider/FHIR/R4`;
};
beforeAll(async () => {
  served = await serve(() => NOW);
  base = await fresh();
});
afterAll(() => served.close());

const get = (id: string, at = base) => call(`${at}/Patient/${id}`, { headers: { 'x-request-id': randomUUID() } });
interface Sent {
  readonly at?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly without?: string;
}
const send = (id: string, body: unknown, { at = base, headers = {}, without }: Sent = {}): Promise<Answered> => {
  const all = { 'x-request-id': randomUUID(), 'if-match': 'W/"2"', 'content-type': JSON_PATCH, ...headers };
  return call(`${at}/Patient/${id}`, {
    method: 'PATCH',
    headers: Object.fromEntries(Object.entries(all).filter(([name]) => name !== without)),
    body,
  });
};
const patch = (patches: readonly object[], sent: Sent & { id?: string } = {}) =>
  send(sent.id ?? '9000000009', { patches }, sent);
const codeOf = ({ body }: Answered): unknown =>
  // An OperationOutcome of ours, or the test fails here.
  (body as fhir4.OperationOutcome).issue[0]?.details?.coding?.[0]?.code;
const GENDER = [{ op: 'replace', path: '/gender', value: 'unknown' }];

describe('a patch in PDS', () => {
  it('changes the record, gives the next version, and is kept', async () => {
    const at = await fresh();
    const reply = await patch(GENDER, { at, headers: { 'x-sync-wait': '10' } });
    expect(reply).toMatchObject({ status: 200, body: { gender: 'unknown', meta: { versionId: '3' } } });
    expect(reply.headers.get('etag')).toBe('W/"3"');
    expect((await get('9000000009', at)).body).toEqual(reply.body);
  });

  it('adds, replaces and removes in one go', async () => {
    const at = await fresh();
    const reply = await patch(
      [
        { op: 'add', path: '/name/-', value: { id: 'mine', use: 'nickname', given: ['Jay'], family: 'Smith' } },
        { op: 'replace', path: '/address/0/id', value: '456' },
        { op: 'replace', path: '/address/0/postalCode', value: 'ZZ1 5AA' },
        { op: 'test', path: '/telecom/1/id', value: '790' },
        { op: 'remove', path: '/telecom/1' },
        { op: 'add', path: '/multipleBirthInteger', value: 3 },
      ],
      { at },
    );
    expect(reply.status).toBe(200);
    const { name = [], address, telecom, multipleBirthInteger } = reply.body as fhir4.Patient;
    expect(name[1]).toMatchObject({ use: 'nickname', period: { start: '2026-11-22' } });
    // the id of a new item is given here, whatever was sent
    expect(name[1]?.id).not.toBe('mine');
    expect(address).toMatchObject([{ id: '456', postalCode: 'ZZ1 5AA', period: { start: '2024-01-01' } }]);
    expect(telecom).toHaveLength(1);
    expect(multipleBirthInteger).toBe(3);
  });

  it('adds to a record that had next to nothing', async () => {
    const at = await fresh();
    const reply = await patch(
      [
        { op: 'add', path: '/name/-', value: { use: 'usual', given: ['Zoë'], family: 'Okafor-Łukasz' } },
        { op: 'add', path: '/birthDate', value: '1990-02-28' },
        { op: 'add', path: '/gender', value: 'female' },
      ],
      { at, id: '9000000033', headers: { 'if-match': 'W/"1"' } },
    );
    expect(reply).toMatchObject({ status: 200, body: { name: [{ family: 'Okafor-Łukasz' }], gender: 'female' } });
    const found = await call(`${at}/Patient?family=okafor*&birthdate=1990-02-28`, {
      headers: { 'x-request-id': randomUUID() },
    });
    expect(found.body).toMatchObject({ total: 1 });
  });

  it('is all or nothing', async () => {
    const before = (await get('9000000009')).body;
    const reply = await patch([...GENDER, { op: 'test', path: '/birthDate', value: '1999-01-01' }]);
    expect(reply.status).toBe(400);
    expect(codeOf(reply)).toBe('INVALID_UPDATE');
    expect((await get('9000000009')).body).toEqual(before);
  });

  it('lets one of twenty win that send the same version at once', async () => {
    const at = await fresh();
    const answers = await Promise.all(Array.from({ length: 20 }, () => patch(GENDER, { at })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await get('9000000009', at)).headers.get('etag')).toBe('W/"3"');
  });

  it('that is sent again with the same X-Request-ID gets the same answer, and is not done twice', async () => {
    const at = await fresh();
    const headers = { 'x-request-id': randomUUID() };
    const first = await patch(GENDER, { at, headers });
    const again = await patch(GENDER, { at, headers });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await get('9000000009', at)).headers.get('etag')).toBe('W/"3"');
    // other content under the same id is another request
    const other = await patch([{ op: 'replace', path: '/gender', value: 'male' }], { at, headers });
    expect(other.status).toBe(409);
  });
});

describe('PDS refuses a patch', () => {
  it.each([
    ['without If-Match', () => patch(GENDER, { without: 'if-match' }), 412, 'PRECONDITION_FAILED'],
    [
      'with an If-Match of another form',
      () => patch(GENDER, { headers: { 'if-match': '2' } }),
      412,
      'PRECONDITION_FAILED',
    ],
    ['of an old version', () => patch(GENDER, { headers: { 'if-match': 'W/"1"' } }), 409, 'RESOURCE_VERSION_MISMATCH'],
    [
      'of a version that is still to come',
      () => patch(GENDER, { headers: { 'if-match': 'W/"9"' } }),
      409,
      'RESOURCE_VERSION_MISMATCH',
    ],
    [
      'of another content type',
      () => patch(GENDER, { headers: { 'content-type': 'application/json' } }),
      400,
      'UNSUPPORTED_SERVICE',
    ],
    ['of nobody', () => patch(GENDER, { id: '9111231130' }), 404, 'RESOURCE_NOT_FOUND'],
    ['of a wrong number', () => patch(GENDER, { id: '9000000000' }), 400, 'INVALID_RESOURCE_ID'],
    [
      'of a restricted person',
      () => patch(GENDER, { id: '9000000025', headers: { 'if-match': 'W/"1"' } }),
      403,
      'FORBIDDEN_UPDATE',
    ],
    [
      'of a superseded number',
      () => patch(GENDER, { id: '9990000018', headers: { 'if-match': 'W/"1"' } }),
      400,
      'INVALID_UPDATE',
    ],
    [
      'of an invalidated record',
      () => patch(GENDER, { id: '9990000034', headers: { 'if-match': 'W/"1"' } }),
      404,
      'INVALIDATED_RESOURCE',
    ],
    ['that is the bare list', () => send('9000000009', GENDER), 400, 'INVALID_UPDATE'],
    ['without patches', () => send('9000000009', {}), 400, 'INVALID_UPDATE'],
    ['with an empty list', () => patch([]), 400, 'INVALID_UPDATE'],
    ['that is no JSON', () => send('9000000009', '{"patches":'), 400, 'INVALID_UPDATE'],
  ])('%s', async (_, run, status, code) => {
    const reply = await run();
    expect(reply).toMatchObject({ status, body: { resourceType: 'OperationOutcome' } });
    expect(codeOf(reply)).toBe(code);
  });

  const remove = { op: 'remove', path: '/telecom/1' };
  const name = (more: object) => ({
    op: 'add',
    path: '/name/-',
    value: { use: 'maiden', family: 'Smith', given: ['J'], ...more },
  });
  const death = (code: string) => ({
    op: 'add',
    path: '/extension/-',
    value: {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus',
      extension: [{ url: 'deathNotificationStatus', valueCodeableConcept: { coding: [{ code }] } }],
    },
  });
  it.each([
    [
      'an operation that PDS does not know',
      [{ op: 'move', from: '/gender', path: '/birthDate' }],
      400,
      'INVALID_VALUE',
    ],
    ['an operation that nobody knows', [{ op: 'alter', path: '/gender' }], 400, 'INVALID_VALUE'],
    ['a path that is none', [{ op: 'remove', path: 'gender' }], 400, 'INVALID_VALUE'],
    ['no value', [{ op: 'add', path: '/gender' }], 400, 'MISSING_VALUE'],
    ['an element that Patient does not have', [{ op: 'add', path: '/pets', value: [] }], 400, 'ADDITIONAL_PROPERTIES'],
    ['the NHS number', [{ op: 'replace', path: '/identifier/0/value', value: '9000000017' }], 403, 'FORBIDDEN_UPDATE'],
    ['meta', [{ op: 'replace', path: '/meta/versionId', value: '7' }], 403, 'FORBIDDEN_UPDATE'],
    ['a removal without a test', [remove], 400, 'INVALID_UPDATE'],
    [
      'a removal whose test is of another item',
      [{ op: 'test', path: '/telecom/0/id', value: '789' }, remove],
      400,
      'INVALID_UPDATE',
    ],
    [
      'a removal whose test comes too early',
      [{ op: 'test', path: '/telecom/1/id', value: '790' }, ...GENDER, remove],
      400,
      'INVALID_UPDATE',
    ],
    ['a removal whose test fails', [{ op: 'test', path: '/telecom/1/id', value: '1' }, remove], 400, 'INVALID_UPDATE'],
    [
      'an item added at a place of its own',
      [{ op: 'add', path: '/name/0', value: { use: 'maiden' } }],
      400,
      'INVALID_UPDATE',
    ],
    ['a whole list', [{ op: 'replace', path: '/name', value: [] }], 400, 'INVALID_UPDATE'],
    [
      'part of an item without its id',
      [{ op: 'replace', path: '/name/0/family', value: 'Jones' }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'part of an item with another id',
      [
        { op: 'replace', path: '/name/0/id', value: '9' },
        { op: 'replace', path: '/name/0/family', value: 'Jones' },
      ],
      400,
      'INVALID_UPDATE',
    ],
    ['an item that is not there', [{ op: 'replace', path: '/address/7/id', value: '456' }], 400, 'INVALID_UPDATE'],
    ['a second usual name', [name({ use: 'usual' })], 403, 'FORBIDDEN_UPDATE'],
    [
      'no usual name',
      [
        { op: 'test', path: '/name/0/id', value: '123' },
        { op: 'remove', path: '/name/0' },
      ],
      403,
      'FORBIDDEN_UPDATE',
    ],
    ['a name in letters that PDS does not take', [name({ family: 'Иванов' })], 400, 'UNSUPPORTED_CHARACTERS_IN_FIELD'],
    ['a suffix that begins with a small letter', [name({ suffix: ['phd'] })], 400, 'INVALID_VALUE'],
    ['a period that begins tomorrow', [name({ period: { start: '2026-11-23' } })], 400, 'INVALID_UPDATE'],
    [
      'a period that ends before it begins',
      [name({ period: { start: '2020-02-01', end: '2020-01-01' } })],
      400,
      'INVALID_UPDATE',
    ],
    ['a period without a beginning', [name({ period: { end: '2020-01-01' } })], 400, 'INVALID_UPDATE'],
    ['no gender', [{ op: 'remove', path: '/gender' }], 403, 'FORBIDDEN_UPDATE'],
    ['the gender other', [{ op: 'replace', path: '/gender', value: 'other' }], 400, 'UNSUPPORTED_VALUE'],
    ['a gender that is none', [{ op: 'replace', path: '/gender', value: 'x' }], 400, 'INVALID_VALUE'],
    ['a birth in the future', [{ op: 'replace', path: '/birthDate', value: '2026-11-23' }], 400, 'INVALID_UPDATE'],
    ['a birth that is no day', [{ op: 'replace', path: '/birthDate', value: '2010' }], 400, 'INVALID_VALUE'],
    ['no birth', [{ op: 'remove', path: '/birthDate' }], 403, 'FORBIDDEN_UPDATE'],
    [
      'a death without its notification',
      [{ op: 'add', path: '/deceasedDateTime', value: '2020-01-01T00:00:00+00:00' }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'a formal notification of death',
      [{ op: 'add', path: '/deceasedDateTime', value: '2020-01-01T00:00:00+00:00' }, death('2')],
      403,
      'FORBIDDEN_UPDATE',
    ],
    ['a tenth of a birth', [{ op: 'add', path: '/multipleBirthInteger', value: 10 }], 400, 'INVALID_VALUE'],
    [
      'a second home',
      [{ op: 'add', path: '/address/-', value: { use: 'home', line: ['1 Road'] } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'a temporary address without an end',
      [{ op: 'add', path: '/address/-', value: { use: 'temp', line: ['1 Road'] } }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'an address at work',
      [{ op: 'add', path: '/address/-', value: { use: 'work', line: ['1 Road'] } }],
      400,
      'UNSUPPORTED_VALUE',
    ],
    [
      'a second home telephone',
      [{ op: 'add', path: '/telecom/-', value: { system: 'phone', use: 'home', value: '07700900001' } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'an e-mail address that is none',
      [{ op: 'add', path: '/telecom/-', value: { system: 'email', use: 'work', value: 'nowhere' } }],
      400,
      'INVALID_VALUE',
    ],
    [
      'a second practice',
      [{ op: 'add', path: '/generalPractitioner/-', value: { identifier: { value: 'X99002' } } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'a contact who is no emergency contact',
      [
        {
          op: 'add',
          path: '/contact/-',
          value: { relationship: [{ coding: [{ code: 'N' }] }], telecom: [{ system: 'phone', value: '07700900002' }] },
        },
      ],
      400,
      'INVALID_VALUE',
    ],
    ['what FHIR does not know', [name({ colour: 'red' })], 400, 'INVALID_UPDATE'],
  ])('that brings in %s', async (_, patches, status, code) => {
    const before = (await get('9000000009')).body;
    const reply = await patch(patches);
    expect(reply).toMatchObject({ status, body: { resourceType: 'OperationOutcome' } });
    expect(codeOf(reply)).toBe(code);
    expect((await get('9000000009')).body).toEqual(before);
  });

  it('that changes a death that was notified formally, and takes an informal one', async () => {
    const at = await fresh();
    const formal = [{ op: 'replace', path: '/deceasedDateTime', value: '2025-02-12T00:00:00+00:00' }];
    expect(codeOf(await patch(formal, { at, id: '9990000042', headers: { 'if-match': 'W/"1"' } }))).toBe(
      'FORBIDDEN_UPDATE',
    );
    const informal = [{ op: 'add', path: '/deceasedDateTime', value: '2026-01-01T00:00:00+00:00' }, death('1')];
    expect((await patch(informal, { at })).status).toBe(200);
  });
});
