import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal, type ExchangeStart, type Half, type Journal } from './journal.ts';
import { exchangeOf, openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const SANDBOX = { id: 'box', serial: 7 };

describe('the journal', () => {
  let sql: Sql;
  let journal: Journal;
  let now: number;
  beforeEach(async () => {
    now = NOW;
    sql = await openWithSandbox(await testStore(), SANDBOX.id, SANDBOX.serial, NOW);
    journal = createJournal({ sql, real: () => now });
  });
  afterEach(async () => {
    await journal.close();
    await sql.close();
  });

  const start = (change: Partial<ExchangeStart> = {}): ExchangeStart => exchangeOf(SANDBOX, now, change);
  const reply: Half = { status: 200, headers: { etag: 'W/"1"' }, body: '{"resourceType":"Patient"}' };
  const record = async (change: Partial<ExchangeStart> = {}, end: { reply?: Half; note?: string } = { reply }) => {
    const exchange = start(change);
    journal.record(exchange, { milliseconds: 1.5, ...end });
    await journal.flush();
    const view = await journal.get(SANDBOX, exchange.id);
    if (view === undefined) throw new Error('nothing was recorded');
    return view;
  };

  it('shows an exchange with both halves, both times and both ends', async () => {
    expect(await record()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      seq: 1,
      cursor: '1',
      kind: 'http',
      at: '2026-11-22T09:00:00.000Z',
      realAt: '2026-11-22T09:00:00.000Z',
      from: 'requester',
      claimed: false,
      to: 'provider',
      operation: 'readResource',
      summary: 'GET Patient/9000000009',
      milliseconds: 1.5,
      request: { method: 'GET', url: '/FHIR/R4/Patient/9000000009', headers: { accept: 'application/fhir+json' } },
      reply: {
        status: 200,
        headers: { etag: 'W/"1"' },
        body: '{"resourceType":"Patient"}',
        encoding: 'utf8',
        size: 26,
        sha256: createHash('sha256').update('{"resourceType":"Patient"}').digest('hex'),
      },
    });
  });

  it('writes the request half with the effect, and the reply later under the same id with a later cursor', async () => {
    const exchange = start({ operation: 'createResource' });
    await sql.transaction((tx) => journal.begin(tx, exchange));
    const before = await journal.page(SANDBOX, 0, 10);
    expect(before.items).toMatchObject([{ id: exchange.id, seq: 1, cursor: '1' }]);
    expect(before.items[0]).not.toHaveProperty('reply');
    expect(before.items[0]).not.toHaveProperty('note');
    journal.finish(exchange, { reply, milliseconds: 3, fault: 'stale ETag', summary: 'POST Patient' });
    await journal.flush();
    const after = await journal.page(SANDBOX, 1, 10);
    expect(after.items).toMatchObject([
      {
        id: exchange.id,
        seq: 1,
        cursor: '2',
        operation: 'createResource',
        summary: 'POST Patient',
        fault: 'stale ETag',
      },
    ]);
    expect(after.items[0]?.reply?.status).toBe(200);
    expect((await journal.page(SANDBOX, 2, 10)).items).toEqual([]);
  });

  it('finds a credential of the request in the reply that comes later', async () => {
    const secret = 'fp_k3y.That-opens_4ll';
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const request of [
      { headers: { authorization: `Bearer ${secret}` } },
      { url: `/x?access_token=${secret}`, headers: {} },
      { headers: form, body: `grant_type=client_credentials&client_secret=${secret}` },
    ]) {
      const exchange = start({ request });
      await sql.transaction((tx) => journal.begin(tx, exchange));
      journal.finish(exchange, { reply: { status: 200, headers: {}, body: `seen: ${secret}` }, milliseconds: 1 });
    }
    await journal.flush();
    const text = JSON.stringify((await journal.page(SANDBOX, 0, 10)).items);
    expect(text).not.toContain(secret);
    expect(text.match(/seen: \[redacted\]/g)).toHaveLength(3);
  });

  it('leaves no request half where the effect was rolled back, and then records the whole with the reply', async () => {
    const exchange = start();
    const effect = sql.transaction(async (tx) => {
      await journal.begin(tx, exchange);
      throw new Error('the effect failed');
    });
    await expect(effect).rejects.toThrow('the effect failed');
    expect((await journal.page(SANDBOX, 0, 10)).items).toEqual([]);
    journal.finish(exchange, { reply: { status: 409, headers: {} }, milliseconds: 1 });
    await journal.flush();
    expect((await journal.page(SANDBOX, 0, 10)).items).toMatchObject([
      { id: exchange.id, request: { method: 'GET' }, reply: { status: 409 } },
    ]);
  });

  it('says "reply not recorded" once the half is old, or when it is from before a restart', async () => {
    const exchange = start();
    await sql.transaction((tx) => journal.begin(tx, exchange));
    now += 60_000;
    expect((await journal.get(SANDBOX, exchange.id))?.note).toBeUndefined();
    now += 61_000;
    expect((await journal.get(SANDBOX, exchange.id))?.note).toBe('reply not recorded');
    now = NOW + 1;
    const restarted = createJournal({ sql, real: () => now });
    expect((await restarted.get(SANDBOX, exchange.id))?.note).toBe('reply not recorded');
    await restarted.close();
  });

  it('pages by cursor without losing or repeating anything, in the order in which exchanges began', async () => {
    for (let n = 0; n < 130; n += 1) journal.record(start({ summary: `n${n}`, atReal: NOW + n }), { milliseconds: 1 });
    await journal.flush();
    const seen: string[] = [];
    let after = 0;
    for (;;) {
      const page = await journal.page(SANDBOX, after, 60);
      seen.push(...page.items.map((item) => item.summary ?? ''));
      if (page.next === undefined) break;
      after = Number(page.next);
    }
    expect(seen).toEqual(Array.from({ length: 130 }, (_, n) => `n${n}`));
    expect((await journal.page(SANDBOX, 0, 130)).next).toBeUndefined();
  });

  it('ends a page early where the bodies are large', async () => {
    const body = 'x'.repeat(60_000);
    for (let n = 0; n < 100; n += 1) journal.record(start(), { reply: { ...reply, body }, milliseconds: 1 });
    await journal.flush();
    const page = await journal.page(SANDBOX, 0, 100);
    expect(page.items.length).toBeLessThan(80);
    expect(page.next).toBe(page.items.at(-1)?.cursor);
  });

  it('keeps 64 KB of a body, with the size and hash of the whole, and no half character at the end', async () => {
    const body = `a${'é'.repeat(100_000)}`;
    const kept = (await record({}, { reply: { status: 200, headers: {}, body } })).reply;
    expect(kept).toMatchObject({
      truncated: true,
      size: 200_001,
      encoding: 'utf8',
      sha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(kept?.body).toBe(`a${'é'.repeat(32_767)}`);
  });

  it('caps the body of a request half, too', async () => {
    const exchange = start({ request: { headers: {}, body: new Uint8Array(70_000).fill(120) } });
    await sql.transaction((tx) => journal.begin(tx, exchange));
    expect((await journal.get(SANDBOX, exchange.id))?.request).toMatchObject({ truncated: true, size: 70_000 });
  });

  it('shows bytes that are not UTF-8 as base64', async () => {
    const body = new Uint8Array([0xff, 0xfe, 0x00, 0x41]);
    const view = await record({ request: { headers: {}, body } });
    expect(view.request).toMatchObject({ body: '//4AQQ==', encoding: 'base64', size: 4 });
  });

  it('refuses to begin for a generation that is gone, and drops what was on its way to it', async () => {
    const old = start({ serial: 6 });
    await expect(sql.transaction((tx) => journal.begin(tx, old))).rejects.toThrow('deleted or reset');
    journal.record(old, { milliseconds: 1 });
    await journal.flush();
    expect(await sql.query('select id from exchange')).toEqual([]);
  });

  it('wakes whoever watches a sandbox after its rows are committed, until they stop', async () => {
    let woken = 0;
    const stop = journal.watch(SANDBOX.id, () => {
      woken += 1;
    });
    await record();
    expect(woken).toBe(1);
    await sql.transaction((tx) => journal.begin(tx, start()));
    await journal.flush();
    expect(woken).toBe(2);
    stop();
    await record();
    expect(woken).toBe(2);
  });
});
