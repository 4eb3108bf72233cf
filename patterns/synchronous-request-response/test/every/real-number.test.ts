import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_NOTE, journalOf, patient, REAL, SYSTEM } from '../real-number.test-data.ts';
import { call, type Served, serve } from '../served.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

type Refused = readonly [path: string, options: Parameters<typeof call>[1], note: string];
const URL_NOTE = "Numbers were masked: one may be a real person's";
const searched = `identifier=${encodeURIComponent(`${SYSTEM}|${REAL}`)}`;

describe('a request that names a number that may be a real person’s', () => {
  it.each<readonly [string, string, Refused]>([
    ['pds', 'a read', [`/Patient/${REAL}`, {}, URL_NOTE]],
    ['pds', 'a read with its digits encoded', [`/Patient/%3${[...REAL].join('%3')}`, {}, URL_NOTE]],
    ['pds', 'one that says it in a header too', [`/Patient/${REAL}`, { headers: { 'x-about': REAL } }, URL_NOTE]],
    [
      'pds',
      'an update',
      [
        `/Patient/${REAL}`,
        {
          method: 'PATCH',
          headers: { 'if-match': 'W/"1"', 'content-type': 'application/json-patch+json' },
          body: { patches: [{ op: 'replace', path: '/gender', value: 'female' }], about: REAL },
        },
        BODY_NOTE,
      ],
    ],
    ...(
      [
        ['an update whose value says it', '/Patient/9000000009', 'W/"2"'],
        ['an update that is refused for something else, too', '/Patient/9000000009', 'nonsense'],
      ] as const
    ).map(([what, path, version]): readonly [string, string, Refused] => [
      'pds',
      what,
      [
        path,
        {
          method: 'PATCH',
          headers: { 'if-match': version, 'content-type': 'application/json-patch+json' },
          body: { patches: [{ op: 'add', path: '/identifier/-', value: { system: SYSTEM, value: REAL } }] },
        },
        BODY_NOTE,
      ],
    ]),
    ['fhir-r4', 'a search', [`/Patient?${searched}`, {}, URL_NOTE]],
    [
      'fhir-r4',
      'a search by POST',
      [
        '/Patient/_search',
        { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: searched },
        BODY_NOTE,
      ],
    ],
    ['fhir-r4', 'a search by the bare number', [`/Patient?identifier=${REAL}`, {}, URL_NOTE]],
    ['fhir-r4', 'a search by the number of no system', [`/Patient?identifier=%7C${REAL}`, {}, URL_NOTE]],
    [
      'fhir-r4',
      'a search by its OID',
      [`/Patient?identifier=urn:oid:2.16.840.1.113883.2.1.4.1%7C${REAL}`, {}, URL_NOTE],
    ],
    ['fhir-r4', 'a chained search', [`/Observation?subject:Patient.identifier=x,${REAL}`, {}, URL_NOTE]],
    ['fhir-r4', 'a search by reference', [`/Observation?performer=Patient/${REAL}`, {}, URL_NOTE]],
    ['fhir-r4', 'a search by a bare reference', [`/Observation?subject=${REAL}`, {}, URL_NOTE]],
    ['fhir-r4', 'a read', [`/Patient/${REAL}`, {}, URL_NOTE]],
    ['fhir-r4', 'a history', [`/Patient/${REAL}/_history`, {}, URL_NOTE]],
    ['fhir-r4', 'a conditional delete', [`/Patient?identifier=${REAL}`, { method: 'DELETE' }, URL_NOTE]],
    [
      'fhir-r4',
      'a conditional create',
      [
        '/Patient',
        { method: 'POST', headers: { 'if-none-exist': `identifier=${REAL}` }, body: { resourceType: 'Patient' } },
        BODY_NOTE,
      ],
    ],
    [
      'fhir-r4',
      'a create without a system',
      ['/Patient', { method: 'POST', body: patient({ identifier: [{ value: REAL }] }) }, BODY_NOTE],
    ],
    [
      'fhir-r4',
      'a create that refers to the person',
      [
        '/Basic',
        {
          method: 'POST',
          body: { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: `Patient/${REAL}` } },
        },
        BODY_NOTE,
      ],
    ],
    [
      'fhir-r4',
      'an update under the number',
      [`/Patient/${REAL}`, { method: 'PUT', body: { resourceType: 'Patient', id: REAL } }, BODY_NOTE],
    ],
    [
      'fhir-r4',
      'a patch of what is not there',
      [
        '/Patient/none',
        {
          method: 'PATCH',
          headers: { 'content-type': 'application/json-patch+json' },
          body: [{ op: 'replace', path: '/identifier/0/value', value: REAL }],
        },
        BODY_NOTE,
      ],
    ],
    ['fhir-r4', 'a create', ['/Patient', { method: 'POST', body: patient() }, BODY_NOTE]],
    ['fhir-r4', 'an update', ['/Patient/one', { method: 'PUT', body: patient({ id: 'one' }) }, BODY_NOTE]],
    ['fhir-r4', 'a conditional update', [`/Patient?${searched}`, { method: 'PUT', body: patient() }, BODY_NOTE]],
    [
      'fhir-r4',
      'a create that is wrong besides',
      ['/Patient', { method: 'POST', body: patient({ gender: 1 }) }, BODY_NOTE],
    ],
    [
      'fhir-r4',
      'a create with a number that is wrong besides',
      [
        '/Patient',
        { method: 'POST', body: patient({ managingOrganization: { identifier: { system: SYSTEM, value: '12' } } }) },
        BODY_NOTE,
      ],
    ],
    [
      'fhir-r4',
      'a transaction',
      [
        '',
        {
          method: 'POST',
          body: {
            resourceType: 'Bundle',
            type: 'transaction',
            entry: [{ resource: patient(), request: { method: 'POST', url: 'Patient' } }],
          },
        },
        BODY_NOTE,
      ],
    ],
  ])(
    '%s: %s is refused, and the number is nowhere in the journal or the reply',
    async (dialect, _, [path, options, note]) => {
      const id = `r-${randomUUID()}`;
      const base = await served.open(id, { dialect, seed: 1, people: 0 });
      const before = (await journalOf(served, id)).length;
      const reply = await call(`${base}/provider/FHIR/R4${path}`, {
        ...options,
        headers: { 'x-request-id': randomUUID(), 'content-type': 'application/fhir+json', ...options?.headers },
      });
      expect(reply.status).toBe(400);
      expect(JSON.stringify(reply.body)).toContain('may belong to a real person');
      const page = await journalOf(served, id);
      expect(page).toHaveLength(before + 1);
      expect(page.at(-1)).toMatchObject({ note, reply: { status: 400 } });
      expect(page.at(-1)?.request?.body).toBeUndefined();
      expect(JSON.stringify([page, reply.body])).not.toContain(REAL);
      expect(decodeURIComponent(page.at(-1)?.request?.url ?? '')).not.toContain(REAL);
      expect(page.at(-1)?.summary).not.toContain('%3');
    },
  );

  it.each([
    `identifier=https://example.org/mrn|${REAL}`,
    `phone=${REAL}`,
    `telecom=phone|${REAL}`,
    'identifier=4010232138',
    'identifier=40102321370',
    'identifier=9000000009',
  ])('lets a search by %s through: that is another kind of number', async (query) => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    expect((await call(`${base}/provider/FHIR/R4/Patient?${query.replace('|', '%7C')}`)).status).toBe(200);
  });

  it('leaves a test number, and a request that is refused for another reason, as they were', async () => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    const body = { ...patient({ gender: 1 }), identifier: [{ system: SYSTEM, value: '9000000009' }] };
    await call(`${base}/provider/FHIR/R4/Patient`, { method: 'POST', body });
    const last = (await journalOf(served, id)).at(-1);
    expect(last?.request?.body).toContain('9000000009');
    expect(last?.note).toBeUndefined();
  });
});
