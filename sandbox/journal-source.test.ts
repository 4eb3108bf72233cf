import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal, type Half, type Journal } from './journal.ts';
import { exchangeOf, openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';
import type { BodySource } from './store-text.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const SANDBOX = { id: 'box', serial: 7 };
const PATIENT = '{"resourceType":"Patient","name":[{"family":"Nÿ"}]}';

describe('a body that a store of the pattern keeps', () => {
  let sql: Sql;
  let journal: Journal;
  let texts: Map<string, string>;
  beforeEach(async () => {
    texts = new Map();
    sql = await openWithSandbox(await testStore(), SANDBOX.id, SANDBOX.serial, NOW);
    const bodyOf = async (source: BodySource) => ('key' in source ? texts.get(source.key) : undefined);
    journal = createJournal({ sql, secrets: new Set(['an-admin-key-9']), bodyOf });
  });
  afterEach(async () => {
    await journal.close();
    await sql.close();
  });

  const reply = async (body: string, request: Half = { headers: {} }, mine = journal) => {
    const exchange = exchangeOf(SANDBOX, NOW, { request });
    texts.set('v1', body);
    const headers = { 'content-type': 'application/fhir+json' };
    const source = { pattern: 'a-pattern', key: 'v1' };
    mine.record(exchange, { milliseconds: 1, reply: { status: 200, headers, body, source } });
    await mine.flush();
    return async () => {
      const { items } = await mine.page(SANDBOX, 0, 10);
      expect(items).toEqual([await mine.get(SANDBOX, exchange.id)]);
      return items[0]?.reply;
    };
  };
  const kept = async () => (await sql.query<{ reply_body: Uint8Array | null }>('select reply_body from exchange'))[0];

  it('is shown byte for byte, and not kept a second time', async () => {
    const show = await reply(PATIENT);
    expect(await show()).toEqual({
      status: 200,
      headers: { 'content-type': 'application/fhir+json' },
      body: PATIENT,
      encoding: 'utf8',
      size: Buffer.byteLength(PATIENT),
      sha256: createHash('sha256').update(PATIENT).digest('hex'),
    });
    expect((await kept())?.reply_body).toBeNull();
  });

  it('is cut to the cap when it is shown, with the size and hash of the whole', async () => {
    const body = JSON.stringify({ div: 'x'.repeat(100_000) });
    const shown = await (await reply(body))();
    expect(shown?.body).toBe(body.slice(0, 65_536));
    expect(shown).toMatchObject({
      truncated: true,
      size: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
    });
  });

  it('is shown without the credentials that are known by their form', async () => {
    const shown = await (await reply('{"header":["Authorization: Bearer abcdefgh12345"]}'))();
    expect(shown?.body).toBe('{"header":["Authorization: Bearer [redacted]"]}');
    expect(shown).not.toHaveProperty('sha256');
  });

  it.each([
    ['the credential of the request', { headers: { authorization: 'Bearer the-callers-own-1' } }, 'the-callers-own-1'],
    ['an admin key', { headers: {} }, 'an-admin-key-9'],
  ])('is kept without it where it repeats %s', async (_, request, secret) => {
    const shown = await (await reply(`{"text":"${secret}"}`, request))();
    expect(shown?.body).toBe('{"text":"[redacted]"}');
    expect((await kept())?.reply_body).not.toBeNull();
  });

  it('is said to be cut off where it is gone after all', async () => {
    const show = await reply(PATIENT);
    texts.clear();
    expect(await show()).toMatchObject({ body: '', size: Buffer.byteLength(PATIENT), truncated: true });
  });

  it('is kept like any other where nobody can read the store', async () => {
    const mine = createJournal({ sql });
    const shown = await (await reply(PATIENT, { headers: {} }, mine))();
    expect(shown?.body).toBe(PATIENT);
    expect((await kept())?.reply_body).not.toBeNull();
    await mine.close();
  });
});
