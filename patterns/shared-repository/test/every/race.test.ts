import { describe, expect, it } from 'vitest';
import { type Asked, boxes } from '../shared.test-data.ts';

const { open } = boxes();
const WRITERS = 10;

type Stored = Readonly<Record<string, unknown>>;

/** How a dialect has one record changed by somebody who has read it. */
interface Way {
  readonly record: string;
  /** In the reply, and in the request. */
  readonly version: readonly [given: string, wanted: string];
  readonly stale: number;
  /** The version after ten changes, from the seeded one on. */
  readonly last: string;
  change(record: Stored, writer: number): Asked;
  /** By whom something is in the record now, as often as it is. */
  writersIn(record: Stored): readonly number[];
}

const listOf = (record: Stored, name: string): readonly Stored[] => {
  const found = record[name];
  return Array.isArray(found) ? found : [];
};

/** Another element of a list, in the whole of the record. */
const byPut = (element: string): Pick<Way, 'change' | 'writersIn'> => ({
  change: (record, writer) => ({
    method: 'PUT',
    body: { ...record, [element]: [...listOf(record, element), { text: `writer ${writer}` }] },
  }),
  writersIn: (record) =>
    listOf(record, element).flatMap(({ text }) => /^writer (\d+)$/.exec(String(text))?.slice(1).map(Number) ?? []),
});

const WAYS: Readonly<Record<string, Way>> = {
  'fhir-r4': {
    record: 'CarePlan/shared-plan',
    version: ['etag', 'if-match'],
    stale: 412,
    last: 'W/"11"',
    ...byPut('note'),
  },
  imms: {
    record: 'Immunization/3f0c8a5e-6a53-4b7c-9a51-5d1f0c9e2b71',
    version: ['e-tag', 'e-tag'],
    stale: 400,
    last: '11',
    ...byPut('reasonCode'),
  },
  pds: {
    record: 'Patient/9000000009',
    version: ['etag', 'if-match'],
    stale: 409,
    last: 'W/"12"',
    change: (_record, writer) => {
      const emergency = {
        system: 'http://terminology.hl7.org/CodeSystem/v2-0131',
        code: 'C',
        display: 'Emergency Contact',
      };
      const value = {
        relationship: [{ coding: [emergency] }],
        telecom: [{ system: 'phone', value: `0113496000${writer}` }],
        period: { start: '2026-01-01' },
      };
      return {
        method: 'PATCH',
        body: { patches: [{ op: 'add', path: '/contact/-', value }] },
        headers: { 'content-type': 'application/json-patch+json' },
      };
    },
    writersIn: (record) =>
      listOf(record, 'contact').flatMap(({ telecom }) =>
        [...JSON.stringify(telecom).matchAll(/0113496000(\d)/g)].map(([, writer]) => Number(writer)),
      ),
  },
};
const everybody = Array.from({ length: WRITERS }, (_, writer) => writer);

describe.each(Object.entries(WAYS))('ten writers of one record in %s', (dialect, way) => {
  it('that each read again and merge when they are refused lose no update', async () => {
    const box = await open(dialect);
    const { record: path, stale } = way;
    const [given, wanted] = way.version;
    let refusals = 0;
    const write = async (writer: number): Promise<void> => {
      for (;;) {
        const read = await box.fhir(path);
        const asked = way.change(read.body as Stored, writer);
        const headers = { ...asked.headers, [wanted]: read.headers.get(given) ?? '' };
        const { status } = await box.fhir(path, { ...asked, headers });
        if (status === 200) return;
        expect(status).toBe(stale);
        refusals += 1;
      }
    };
    await Promise.all(everybody.map(write));
    const last = await box.fhir(path);
    expect(way.writersIn(last.body as Stored).toSorted()).toEqual(everybody);
    expect(last.headers.get(given)).toBe(way.last);
    const { body } = await box.ask(`/contributions/${path}`);
    expect((body as fhir4.Bundle).total).toBe(WRITERS);
    expect(refusals).toBeGreaterThan(0);
  });
});

describe.each(['fhir-r4', 'imms'])('ten writers in %s', (dialect) => {
  it('that create with one identifier make one record', async () => {
    const box = await open(dialect);
    const record = WAYS[dialect]?.record ?? '';
    const source = (await box.fhir(record)).body as Stored;
    const { id: _id, meta: _meta, ...rest } = source;
    const body = { ...rest, identifier: [{ system: 'urn:race', value: 'one' }] };
    const type = record.split('/')[0] ?? '';
    const replies = await Promise.all(everybody.map(() => box.fhir(type, { method: 'POST', body })));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([
      201,
      ...Array.from({ length: WRITERS - 1 }, () => 422),
    ]);
  });
});
