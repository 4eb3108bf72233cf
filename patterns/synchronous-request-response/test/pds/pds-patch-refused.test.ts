import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../served.ts';
import { codeOf, GENDER, openPds, type PdsCalls } from './pds-calls.ts';

let served: Served;
let pds: PdsCalls;
beforeAll(async () => {
  served = await serve(() => Date.UTC(2026, 10, 22, 12));
  pds = await openPds(served);
});
afterAll(() => served.close());

describe('PDS refuses a patch', () => {
  it.each([
    ['without If-Match', () => pds.patch(GENDER, { without: 'if-match' }), 412, 'PRECONDITION_FAILED'],
    [
      'with an If-Match of another form',
      () => pds.patch(GENDER, { headers: { 'if-match': '2' } }),
      412,
      'PRECONDITION_FAILED',
    ],
    [
      'of an old version',
      () => pds.patch(GENDER, { headers: { 'if-match': 'W/"1"' } }),
      409,
      'RESOURCE_VERSION_MISMATCH',
    ],
    [
      'of a version that is still to come',
      () => pds.patch(GENDER, { headers: { 'if-match': 'W/"9"' } }),
      409,
      'RESOURCE_VERSION_MISMATCH',
    ],
    [
      'of another content type',
      () => pds.patch(GENDER, { headers: { 'content-type': 'application/json' } }),
      400,
      'UNSUPPORTED_SERVICE',
    ],
    ['of nobody', () => pds.patch(GENDER, { id: '9111231130' }), 404, 'RESOURCE_NOT_FOUND'],
    ['of a wrong number', () => pds.patch(GENDER, { id: '9000000000' }), 400, 'INVALID_RESOURCE_ID'],
    [
      'of a restricted person',
      () => pds.patch(GENDER, { id: '9000000025', headers: { 'if-match': 'W/"1"' } }),
      403,
      'FORBIDDEN_UPDATE',
    ],
    [
      'of a superseded number',
      () => pds.patch(GENDER, { id: '9990000018', headers: { 'if-match': 'W/"1"' } }),
      400,
      'INVALID_UPDATE',
    ],
    [
      'of an invalidated record',
      () => pds.patch(GENDER, { id: '9990000034', headers: { 'if-match': 'W/"1"' } }),
      404,
      'INVALIDATED_RESOURCE',
    ],
    ['that is the bare list', () => pds.send(GENDER), 400, 'INVALID_UPDATE'],
    ['without patches', () => pds.send({}), 400, 'INVALID_UPDATE'],
    ['with an empty list', () => pds.patch([]), 400, 'INVALID_UPDATE'],
    ['that is no JSON', () => pds.send('{"patches":'), 400, 'INVALID_UPDATE'],
  ])('%s', async (_, run, status, code) => {
    const reply = await run();
    expect(reply).toMatchObject({ status, body: { resourceType: 'OperationOutcome' } });
    expect(codeOf(reply)).toBe(code);
  });

  it.each([
    ['op', { path: '/gender', value: 'female' }],
    ['path', { op: 'replace', value: 'female' }],
    ['value', { op: 'replace', path: '/gender' }],
  ])('without its %s as a value that is missing', async (member, patch) => {
    const reply = await pds.patch([patch]);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'MISSING_VALUE']);
    expect(JSON.stringify(reply.body)).toContain(`Missing value - '0/${member}'`);
  });
});
