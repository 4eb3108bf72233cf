import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDefinitions } from '../../../../sandbox/contract-schema.ts';
import { loadThisPattern } from '../../loaded.ts';
import { call, type Served, serve } from '../served.ts';
import { openPds, type PdsCalls } from './pds-calls.ts';

let served: Served;
let pds: PdsCalls;
let validator: Awaited<ReturnType<typeof readDefinitions>>['validator'];
let documented: (operationId: string) => readonly string[];
beforeAll(async () => {
  served = await serve();
  pds = await openPds(served);
  const { contract } = await (await loadThisPattern()).dialect('pds');
  if (contract === undefined) throw new Error('pds has a contract');
  const definitions = await readDefinitions(contract);
  validator = definitions.validator;
  documented = (id) =>
    Object.keys(definitions.operations.find(({ operationId }) => operationId === id)?.responses ?? {});
});
afterAll(() => served.close());

describe('what PDS answers is what its contract says', () => {
  const get =
    (path: string, headers: Readonly<Record<string, string>> = {}) =>
    () =>
      call(`${pds.base}/${path}`, { headers: { 'x-request-id': randomUUID(), ...headers } });
  const gender = [{ op: 'replace', path: '/gender', value: 'unknown' }];

  it.each([
    ['readPatient', 200, get('Patient/9000000009')],
    ['readPatient', 200, get('Patient/9000000009', { accept: 'application/json' })],
    ['readPatient', 200, get('Patient/9000000025')],
    ['readPatient', 400, get('Patient/9000000000')],
    ['readPatient', 401, get('Patient/9000000009', { authorization: 'Bearer fp_nobody' })],
    ['readPatient', 404, get('Patient/9111231130')],
    ['readPatient', 503, get('Patient/9990000506')],
    ['readRelatedPersons', 200, get('Patient/9000000009/RelatedPerson')],
    ['readRelatedPersons', 404, get('Patient/9111231130/RelatedPerson')],
    ['searchPatients', 200, get('Patient?family=Sm*&birthdate=2010-10-22')],
    ['searchPatients', 200, get('Patient?family=Sm*&birthdate=2010-10-22&_max-results=1')],
    ['searchPatients', 200, get('Patient?family=Nobody&birthdate=2010-10-22')],
    ['searchPatients', 400, get('Patient?family=Smith')],
    ['patchPatient', 200, () => pds.patch(gender)],
    ['patchPatient', 409, () => pds.patch(gender, { headers: { 'if-match': 'W/"1"' } })],
    ['patchPatient', 412, () => pds.patch(gender, { without: 'if-match' })],
    ['patchPatient', 403, () => pds.patch([{ op: 'remove', path: '/gender' }], { headers: { 'if-match': 'W/"3"' } })],
    ['patchPatient', 400, () => pds.patch([])],
  ])('%s %i', async (operationId, status, run) => {
    const reply = await run();
    expect(reply.status).toBe(status);
    expect(documented(operationId)).toContain(String(status));
    expect(validator.validateResponse(reply.body, operationId, status).errors ?? []).toEqual([]);
  });

  it('and plain JSON is said to be that', async () => {
    const reply = await get('Patient/9000000009', { accept: 'application/json' })();
    expect(reply.headers.get('content-type')).toBe('application/json');
  });
});
