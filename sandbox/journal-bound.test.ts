import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal, type Journal } from './journal.ts';
import { exchangeOf, openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const SANDBOX = { id: 'box', serial: 7 };

let sql: Sql;
let journal: Journal;
beforeEach(async () => {
  sql = await openWithSandbox(await testStore(), SANDBOX.id, SANDBOX.serial, NOW);
});
afterEach(async () => {
  await journal.close();
  await sql.close();
});

const record = async (from: number, count: number, body = ''): Promise<void> => {
  for (let n = from; n < from + count; n += 1) {
    const start = exchangeOf(SANDBOX, NOW + n, { summary: `n${n}` });
    journal.record(start, { milliseconds: 1, reply: { status: 200, headers: {}, body } });
  }
  await journal.flush();
};
const shown = async () => (await journal.page(SANDBOX, 0, 1000)).items;

describe('a journal that holds as much as it may', () => {
  it('drops the oldest exchanges, and says at the beginning how many are gone', async () => {
    journal = createJournal({ sql, bound: { exchanges: 300, bytes: 1e9 } });
    await record(0, 300);
    expect(await shown()).toHaveLength(300);
    await record(300, 450);
    const [notice, ...rest] = await shown();
    expect(notice).toMatchObject({ kind: 'gap', note: expect.stringMatching(/^453 older exchanges .* 300 exchanges/) });
    expect(rest.map(({ summary }) => summary)).toEqual(Array.from({ length: 297 }, (_, n) => `n${n + 453}`));
    await record(750, 4);
    const [again, ...latest] = await shown();
    expect(again?.note).toMatch(/^457 older/);
    expect(latest.at(-1)?.summary).toBe('n753');
    expect((await shown()).filter(({ kind }) => kind === 'gap')).toHaveLength(1);
    expect(await journal.get(SANDBOX, again?.id ?? '')).toEqual(again);
  });

  it('drops what is written together with the look that finds nothing more to drop', async () => {
    journal = createJournal({ sql, bound: { exchanges: 300, bytes: 1e9 } });
    const held: unknown[] = [];
    for (let from = 0; from < 20 * 450; from += 450) {
      await record(from, 450);
      held.push(...(await sql.query('select exchanges from journal_extent')));
    }
    expect(held).toEqual(Array.from({ length: 20 }, () => ({ exchanges: 297 })));
  });

  it('goes by bytes, too', async () => {
    journal = createJournal({ sql, bound: { exchanges: 1000, bytes: 1_000_000 } });
    await record(0, 40, 'x'.repeat(50_000));
    const bodies = (await shown()).flatMap(({ reply }) => (reply === undefined ? [] : [reply.body?.length]));
    expect(bodies.length).toBeGreaterThan(15);
    expect(bodies.length).toBeLessThan(20);
  });

  it('counts what was begun with its effect once, when it is whole, and what is whole at once', async () => {
    journal = createJournal({ sql, bound: { exchanges: 1000, bytes: 1e9 } });
    const [begun, whole, refused, spared] = [1, 2, 3, 4].map((n) => exchangeOf(SANDBOX, NOW + n));
    if (begun === undefined || whole === undefined || refused === undefined || spared === undefined)
      throw new Error('four are made');
    await sql.transaction((tx) => journal.begin(tx, begun));
    await sql.transaction((tx) => journal.begin(tx, whole, { milliseconds: 1 }));
    const failing = sql.transaction(async (tx) => {
      await journal.begin(tx, refused);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    const bytes = await sql.transaction(async (tx) =>
      journal.beginReserved(tx, await journal.reserve(tx, spared), spared, () => ({ milliseconds: 1 })),
    );
    journal.wrote(spared, bytes ?? 0);
    for (const start of [begun, refused]) journal.finish(start, { milliseconds: 1 });
    await journal.flush();
    expect(await sql.query('select exchanges, dropped from journal_extent')).toEqual([{ exchanges: 4, dropped: 0 }]);
    const [{ held, kept } = {}] = await sql.query<{ held: number; kept: number }>(
      'select e.bytes as held, (select sum(length(request)) from exchange) as kept from journal_extent e',
    );
    expect(held).toBe(kept);
  });
});
