import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeView } from '../../../sandbox/journal.ts';
import { call, type Served, serve } from './served.ts';

/** Valid, and neither in the test range nor a published example: as far as anybody here knows, somebody's. */
const REAL = '4010232137';
const SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
const BODY_NOTE = "The body was not kept: it names a number that may be a real person's";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const patient = (more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: REAL }],
  name: [{ family: 'Somebody' }],
  ...more,
});

const journalOf = async (id: string): Promise<readonly ExchangeView[]> => {
  await served.host.journal.flush();
  const [row] = await served.host.sql.query<{ serial: number }>('select serial from sandbox where id = $1', [id]);
  return (await served.host.journal.page({ id, serial: row?.serial ?? 0 }, 0, 100)).items;
};

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
      const before = (await journalOf(id)).length;
      const reply = await call(`${base}/provider/FHIR/R4${path}`, {
        ...options,
        headers: { 'x-request-id': randomUUID(), 'content-type': 'application/fhir+json', ...options?.headers },
      });
      expect(reply.status).toBe(400);
      expect(JSON.stringify(reply.body)).toContain('may belong to a real person');
      const page = await journalOf(id);
      expect(page).toHaveLength(before + 1);
      expect(page.at(-1)).toMatchObject({ note, reply: { status: 400 } });
      expect(page.at(-1)?.request?.body).toBeUndefined();
      expect(JSON.stringify([page, reply.body])).not.toContain(REAL);
      expect(decodeURIComponent(page.at(-1)?.request?.url ?? '')).not.toContain(REAL);
      expect(page.at(-1)?.summary).not.toContain('%3');
    },
  );

  const creation = { resource: patient(), request: { method: 'POST', url: 'Patient' } };
  it.each<readonly [string, readonly object[], object]>([
    ['alone', [], creation],
    [
      'after an entry that was done',
      [{ resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } }],
      creation,
    ],
    ['in the URL of a search', [], { request: { method: 'GET', url: `Patient?identifier=${REAL}` } }],
    ['in the URL of a history', [], { request: { method: 'GET', url: `Patient/${REAL}/_history` } }],
    [
      'in a patch',
      [],
      {
        resource: {
          resourceType: 'Binary',
          contentType: 'application/json-patch+json',
          data: btoa(`[{"op":"add","path":"/identifier","value":[{"value":"${REAL}"}]}]`),
        },
        request: { method: 'PATCH', url: 'Patient/one' },
      },
    ],
  ])('is kept out of the journal where it is one entry of a batch, %s', async (_, before, last) => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    const entry = [...before, last];
    const body = { resourceType: 'Bundle', type: 'batch', entry };
    const reply = await call(`${base}/provider/FHIR/R4`, { method: 'POST', body });
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.body)).toContain('may belong to a real person');
    const page = await journalOf(id);
    expect(page.at(-1)).toMatchObject({ note: BODY_NOTE, reply: { status: 200 }, request: { method: 'POST' } });
    expect(page.at(-1)?.request?.body).toBeUndefined();
    const kept = await served.host.sql.query<{ request: string; body: Uint8Array | null }>(
      'select request, request_body as body from exchange where request is not null',
    );
    const texts = kept.map(({ request, body: bytes }) => request + Buffer.from(bytes ?? []).toString());
    expect(JSON.stringify(page) + texts.join()).not.toContain(REAL);
  });

  it('is kept out of the journal where it is only to be judged', async () => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    const reply = await call(`${base}/provider/FHIR/R4/Patient/$validate`, { method: 'POST', body: patient() });
    expect([reply.status, JSON.stringify(reply.body)]).toEqual([200, expect.stringContaining('may belong to a real')]);
    const page = await journalOf(id);
    expect(page.at(-1)).toMatchObject({ note: BODY_NOTE, reply: { status: 200 } });
    expect(JSON.stringify(page)).not.toContain(REAL);
  });

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
    const last = (await journalOf(id)).at(-1);
    expect(last?.request?.body).toContain('9000000009');
    expect(last?.note).toBeUndefined();
  });
});
