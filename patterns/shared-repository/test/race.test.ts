import { describe, expect, it } from 'vitest';
import { boxes } from './shared.test-data.ts';

const { open } = boxes();
const WRITERS = 10;
const RECORD: Readonly<Record<string, string>> = {
  'fhir-r4': 'CarePlan/shared-plan',
  imms: 'Immunization/3f0c8a5e-6a53-4b7c-9a51-5d1f0c9e2b71',
};

describe.each(['fhir-r4', 'imms'])('ten writers of one record in %s', (dialect) => {
  it('that each read again and merge when they are refused lose no update', async () => {
    const box = await open(dialect);
    const path = RECORD[dialect] ?? '';
    const element = dialect === 'imms' ? 'reasonCode' : 'note';
    const [given, wanted] = dialect === 'imms' ? ['e-tag', 'e-tag'] : ['etag', 'if-match'];
    let refusals = 0;
    const write = async (writer: number): Promise<void> => {
      for (;;) {
        const read = await box.fhir(path);
        const record = read.body as Record<string, object[] | undefined>;
        const body = { ...record, [element]: [...(record[element] ?? []), { text: `writer ${writer}` }] };
        const headers = { [wanted ?? '']: read.headers.get(given ?? '') ?? '' };
        const { status } = await box.fhir(path, { method: 'PUT', body, headers });
        if (status === 200) return;
        expect(status).toBe(dialect === 'imms' ? 400 : 412);
        refusals += 1;
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    const last = await box.fhir(path);
    const texts = (last.body as Record<string, { text: string }[]>)[element]?.map(({ text }) => text) ?? [];
    for (let writer = 0; writer < WRITERS; writer += 1)
      expect(texts.filter((text) => text === `writer ${writer}`)).toHaveLength(1);
    expect(last.headers.get(given ?? '')).toBe(dialect === 'imms' ? '11' : 'W/"11"');
    const { body } = await box.ask(`/contributions/${path}`);
    expect((body as fhir4.Bundle).total).toBe(WRITERS);
    expect(refusals).toBeGreaterThan(0);
  });

  it('that create with one identifier make one record', async () => {
    const box = await open(dialect);
    const source = (await box.fhir(RECORD[dialect] ?? '')).body as Record<string, unknown>;
    const { id: _id, meta: _meta, ...rest } = source;
    const body = { ...rest, identifier: [{ system: 'urn:race', value: 'one' }] };
    const type = RECORD[dialect]?.split('/')[0] ?? '';
    const replies = await Promise.all(Array.from({ length: WRITERS }, () => box.fhir(type, { method: 'POST', body })));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([
      201,
      ...Array.from({ length: WRITERS - 1 }, () => 422),
    ]);
  });
});
