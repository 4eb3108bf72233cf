import { describe, expect, it } from 'vitest';
import { loadThisPattern } from '../loaded.ts';
import { boxes } from './shared.test-data.ts';

const { open } = boxes();
const { dialects } = (await loadThisPattern()).manifest;

/** By dialect, what both change to something else. */
const SAME: Readonly<Record<string, { readonly element: string; readonly mine: string; readonly theirs: string }>> = {
  'fhir-r4': { element: 'title', mine: 'Mine', theirs: 'Theirs' },
  imms: { element: 'lotNumber', mine: 'Mine', theirs: 'Theirs' },
  pds: { element: 'gender', mine: 'unknown', theirs: 'male' },
};

describe.each(dialects)('two contributors in %s', (dialect) => {
  it('change one record at the same time: the second is refused, reads again, merges, and both changes are there', async () => {
    const box = await open(dialect);
    const read = await box.act('other-contributor', 'read-record');
    expect(read).toMatchObject({ outcome: 'read', status: 200 });
    const first = await box.act('contributor', 'change-record');
    expect(first).toMatchObject({ outcome: 'changed', version: String(Number(read.version) + 1) });
    const stale = await box.act('other-contributor', 'change-record');
    expect(stale).toMatchObject({ outcome: 'stale', status: { 'fhir-r4': 412, imms: 400, pds: 409 }[dialect] });
    const merged = await box.act('other-contributor', 'merge-and-retry');
    expect(merged).toMatchObject({ outcome: 'changed', version: String(Number(read.version) + 2) });
    const now = await box.act('requester', 'read-record');
    const body = now.body as Record<string, unknown>;
    const expected = {
      'fhir-r4': { title: 'Urgent care plan, reviewed', note: [{}, { text: 'Has an inhaler at school' }] },
      imms: { lotNumber: '4120Z002', reasonCode: [{}] },
      pds: { gender: 'unknown', birthDate: '2010-10-23' },
    }[dialect];
    expect(body).toMatchObject(expected ?? {});
  });

  it('that both change the same leave it to a person', async () => {
    const box = await open(dialect);
    const { element, mine, theirs } = SAME[dialect] ?? { element: '', mine: '', theirs: '' };
    await box.act('other-contributor', 'read-record');
    await box.act('contributor', 'change-record', { set: { [element]: theirs } });
    await box.act('other-contributor', 'change-record', { set: { [element]: mine } });
    const clash = await box.act('other-contributor', 'merge-and-retry');
    expect(clash).toMatchObject({ outcome: 'both-changed', clashes: [{ element, theirs, mine }] });
    expect(await box.act('other-contributor', 'merge-and-retry', { keep: 'theirs' })).toMatchObject({
      outcome: 'read',
    });
    expect(await box.act('other-contributor', 'merge-and-retry')).toMatchObject({ outcome: 'refused' });
    expect((await box.act('requester', 'read-record')).body).toMatchObject({ [element]: theirs });
  });

  it('leave who, for which organisation and when', async () => {
    const box = await open(dialect);
    await box.act('contributor', 'change-record');
    await box.act('other-contributor', 'change-record');
    const { items } = (await box.act('requester', 'find-records')) as { items: { by: string; recorded: string }[] };
    expect(items[0]).toMatchObject({ by: 'Larch Lane School', recorded: expect.stringMatching(/^\d{4}-/) });
  });

  it('are heard of by a source system, which is told where the record is and nothing of it', async () => {
    const box = await open(dialect);
    await box.act('contributor', 'change-record');
    await box.settled();
    const { newest, count } = (await box.act('requester', 'list-heard')) as {
      count: number;
      newest: { dataref: string };
    };
    expect(count).toBe(1);
    expect(newest.dataref).toMatch(/^http:.*\/repository\/FHIR\/R4\/(CarePlan|Immunization|Patient)\//);
    const told = (await box.exchanges()).find(({ operation }) => operation === 'takeAvailability');
    expect(told?.request?.body).not.toMatch(/4120Z|Urgent|gender|Smith/);
  });

  it('open a record in context, once and for five minutes', async () => {
    const box = await open(dialect);
    expect(await box.act('requester', 'open-in-context')).toMatchObject({
      outcome: 'opened',
      record: { id: expect.any(String) },
    });
    const { url } = (await box.act('requester', 'open-in-context', { later: true })) as { url: string };
    const page = await fetch(url, {
      headers: { accept: 'text/html' },
    });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('A clinician, Moorside Hospital');
    expect(await box.act('requester', 'enter-launch', { url })).toMatchObject({ outcome: 'refused', status: 410 });
    const late = (await box.act('requester', 'open-in-context', { later: true })) as { url: string };
    await box.advance(6 * 60_000);
    expect(await box.act('requester', 'enter-launch', { url: late.url })).toMatchObject({
      outcome: 'refused',
      status: 410,
    });
  });

  it('can be told by a queue, and lose nothing where nobody answers: what was brought in vain can be replayed', async () => {
    const box = await open(dialect);
    await box.act('other-contributor', 'subscribe-availability', { channel: 'queue' });
    await box.fault({
      participant: 'requester',
      operation: 'takeAvailability',
      effect: { kind: 'status', status: 503 },
    });
    await box.act('contributor', 'change-record');
    await box.settled();
    expect(await box.act('other-contributor', 'list-heard')).toMatchObject({ count: 1, newest: { via: 'queue' } });
    await box.advance(5 * 60_000);
    expect(await box.act('requester', 'list-heard')).toMatchObject({ count: 0 });
    const tries = (await box.exchanges()).filter(({ operation }) => operation === 'takeAvailability');
    expect(tries).toHaveLength(5);
  });
});
