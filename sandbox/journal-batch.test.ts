import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal, type Journal } from './journal.ts';
import { exchangeOf, openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const SANDBOX = { id: 'box', serial: 7 };
const start = () => exchangeOf(SANDBOX, NOW);

describe('writing the journal in batches', () => {
  let sql: Sql;
  let journal: Journal;
  beforeEach(async () => {
    sql = await openWithSandbox(await testStore(), SANDBOX.id, SANDBOX.serial, NOW);
    journal = createJournal({ sql });
  });
  afterEach(async () => {
    await journal.close();
    await sql.close();
  });

  it('records a gap instead of growing when more arrives than fits', async () => {
    const small = createJournal({ sql, queueCap: 10 });
    for (let n = 0; n < 25; n += 1) small.record(start(), { milliseconds: 1 });
    await small.flush();
    const { items } = await small.page(SANDBOX, 0, 100);
    expect(items.map((item) => item.kind)).toEqual([...Array.from({ length: 10 }, () => 'http'), 'gap']);
    expect(items.at(-1)?.note).toContain('15 exchanges');
    await small.close();
  });

  it('says why a batch could not be written, and shows a gap for it once writing works again', async () => {
    const failures: unknown[] = [];
    let broken = true;
    const flaky: Sql = {
      ...sql,
      transaction: (body) => (broken ? Promise.reject(new Error('disk full')) : sql.transaction(body)),
    };
    const mine = createJournal({ sql: flaky, failed: (error) => failures.push(error) });
    for (let n = 0; n < 3; n += 1) mine.record(start(), { milliseconds: 1 });
    await mine.flush();
    expect(failures).toEqual([new Error('disk full')]);
    broken = false;
    mine.record(start(), { milliseconds: 1 });
    await mine.close();
    const { items } = await journal.page(SANDBOX, 0, 10);
    expect(items.map(({ kind, note }) => [kind, note?.slice(0, 12)])).toEqual([
      ['http', undefined],
      ['gap', '3 exchanges,'],
    ]);
  });

  it('writes within 20 ms or so by itself', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    journal.watch(SANDBOX.id, resolve);
    journal.record(start(), { milliseconds: 1 });
    await promise;
    expect((await journal.page(SANDBOX, 0, 10)).items).toHaveLength(1);
  });

  it('has everything in the file after close, and closes once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fingerpost-test-'));
    const url = await testStore(join(directory, 'store.db'));
    const first = await openWithSandbox(url, SANDBOX.id, SANDBOX.serial, NOW);
    const mine = createJournal({ sql: first });
    for (let n = 0; n < 500; n += 1) mine.record(start(), { milliseconds: 1 });
    expect(mine.close()).toBe(mine.close());
    await mine.close();
    await first.close();
    const second = await openWithSandbox(url, SANDBOX.id, SANDBOX.serial, NOW);
    expect(await second.query('select count(*) as n from exchange')).toEqual([{ n: 500 }]);
    await second.close();
    rmSync(directory, { recursive: true });
  });
});
