import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Served, serve } from '../served.ts';
import { codeOf, GENDER, openPds, type PdsCalls } from './pds-calls.ts';

let served: Served;
let pds: PdsCalls;
beforeAll(async () => {
  served = await serve(() => Date.UTC(2026, 10, 22, 12));
  pds = await openPds(served);
});
afterAll(() => served.close());

describe('a patch in PDS', () => {
  it('changes the record, gives the next version, and is kept', async () => {
    const pds = await openPds(served);
    const reply = await pds.patch(GENDER, { headers: { 'x-sync-wait': '10' } });
    expect(reply).toMatchObject({ status: 200, body: { gender: 'unknown', meta: { versionId: '3' } } });
    expect(reply.headers.get('etag')).toBe('W/"3"');
    expect((await pds.get('9000000009')).body).toEqual(reply.body);
  });

  it('adds, replaces and removes in one go', async () => {
    const pds = await openPds(served);
    const reply = await pds.patch([
      { op: 'add', path: '/name/-', value: { id: 'mine', use: 'nickname', given: ['Jay'], family: 'Smith' } },
      { op: 'replace', path: '/address/0/id', value: '456' },
      { op: 'replace', path: '/address/0/postalCode', value: 'ZZ1 5AA' },
      { op: 'test', path: '/telecom/1/id', value: '790' },
      { op: 'remove', path: '/telecom/1' },
      { op: 'add', path: '/multipleBirthInteger', value: 3 },
    ]);
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
    const pds = await openPds(served);
    const reply = await pds.patch(
      [
        { op: 'add', path: '/name/-', value: { use: 'usual', given: ['Zoë'], family: 'Okafor-Łukasz' } },
        { op: 'add', path: '/birthDate', value: '1990-02-28' },
        { op: 'add', path: '/gender', value: 'female' },
      ],
      { id: '9000000033', headers: { 'if-match': 'W/"1"' } },
    );
    expect(reply).toMatchObject({ status: 200, body: { name: [{ family: 'Okafor-Łukasz' }], gender: 'female' } });
    const found = await call(`${pds.base}/Patient?family=okafor*&birthdate=1990-02-28`, {
      headers: { 'x-request-id': randomUUID() },
    });
    expect(found.body).toMatchObject({ total: 1 });
  });

  it('is all or nothing', async () => {
    const before = (await pds.get('9000000009')).body;
    const reply = await pds.patch([...GENDER, { op: 'test', path: '/birthDate', value: '1999-01-01' }]);
    expect(reply.status).toBe(400);
    expect(codeOf(reply)).toBe('INVALID_UPDATE');
    expect((await pds.get('9000000009')).body).toEqual(before);
  });

  it('lets one of twenty win that send the same version at once', async () => {
    const pds = await openPds(served);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pds.patch(GENDER)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await pds.get('9000000009')).headers.get('etag')).toBe('W/"3"');
  });

  it('that is sent again with the same X-Request-ID gets the same answer, and is not done twice', async () => {
    const pds = await openPds(served);
    const headers = { 'x-request-id': randomUUID() };
    const first = await pds.patch(GENDER, { headers });
    const again = await pds.patch(GENDER, { headers });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await pds.get('9000000009')).headers.get('etag')).toBe('W/"3"');
    // other content under the same id is another request
    const other = await pds.patch([{ op: 'replace', path: '/gender', value: 'male' }], { headers });
    expect(other.status).toBe(409);
  });
});
