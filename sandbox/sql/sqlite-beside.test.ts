import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openSql } from './open.ts';
import type { Migration, Sql } from './port.ts';
import { createBesides } from './sqlite-beside.ts';

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-beside-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COPY = ['create table copy (id bigint primary key)'];
const migrations: readonly Migration[] = [
  { id: 'item-1', statements: ['create table item (id bigint primary key)'] },
  {
    id: 'copy-1',
    statements: COPY,
    beside: { statements: COPY, mend: ['delete from copy where id not in (select id from item)'] },
  },
];
const THREAD = new URL('./copying-thread.test-data.ts', import.meta.url);

const opened: Sql[] = [];
let files = 0;
const fresh = (): string => join(folder, `store-${++files}.db`);
const open = async (file = fresh()) => {
  const sql = await openSql(`sqlite:${file}`, migrations);
  opened.push(sql);
  const insert = (table: string, id: number) =>
    sql.transaction((tx) => tx.query(`insert into ${table} (id) values ($1)`, [id]));
  return {
    sql,
    insert,
    work: (input = 0) => sql.beside?.(THREAD, input),
    ids: async (table: string) =>
      (await sql.query<{ id: number }>(`select id from ${table} order by id`)).map(({ id }) => id),
  };
};
afterEach(async () => {
  for (const sql of opened.splice(0)) await sql.close();
});

describe('the thread beside the embedded store', () => {
  it('reads what is committed, and what it wrote is read as soon as it has answered', async () => {
    const { insert, work, ids } = await open();
    await insert('item', 1);
    expect(await ids('copy')).toEqual([]);
    expect(await work()).toBe(1);
    expect(await ids('copy')).toEqual([1]);
  });

  it('works one after another on what it is given, and takes back what failed', async () => {
    const { insert, work, ids } = await open();
    await insert('item', 1);
    const settled = await Promise.allSettled([work(-1), work(), work()]);
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      expect.stringContaining('It was told to fail'),
      1,
      0,
    ]);
    expect(await ids('copy')).toEqual([1]);
  });

  it('keeps off its tables while a transaction has to do with them, which is whole or not at all in both files', async () => {
    const { sql, insert, work, ids } = await open();
    await insert('item', 1);
    const outcomes = Array.from({ length: 30 }, (_, round) => [
      work(),
      sql
        .transaction(async (tx) => {
          const id = 100 + round;
          await tx.query('insert into item (id) values ($1)', [id]);
          const before = await tx.query('select id from copy');
          await tx.query('insert into copy (id) values ($1)', [id]);
          expect(await tx.query('select id from copy')).toHaveLength(before.length + 1);
          if (round % 3 === 0) throw new Error('changed its mind');
        })
        .catch((error: Error) => error.message),
    ]).flat();
    const settled = await Promise.all(outcomes);
    expect(settled.filter((one) => typeof one === 'string')).toEqual(Array(10).fill('changed its mind'));
    await work();
    expect(await ids('copy')).toEqual(await ids('item'));
    expect(await ids('item')).toHaveLength(21);
  });

  it('hears that a transaction waits for its tables, and leaves off; with what it had done', async () => {
    const { insert, work, ids } = await open();
    await insert('item', 1);
    const endless = work(-4);
    await insert('copy', 2);
    expect(await endless).toBe(1);
    expect(await ids('copy')).toEqual([1, 2]);
    expect(await work()).toBe(0);
  });

  it('leaves the work to whoever needs it when it has died, and does not begin again', async () => {
    const { insert, work, ids } = await open();
    await insert('item', 1);
    await expect(work(-2)).rejects.toThrow('has died');
    await expect(work()).rejects.toThrow('has died');
    expect(await ids('copy')).toEqual([]);
    await insert('copy', 1);
    expect(await ids('copy')).toEqual([1]);
  });

  it('ends when it has had nothing to do for a while, and another begins with the next work', async () => {
    const file = fresh();
    await (await open(file)).insert('item', 1);
    const besides = createBesides({ store: file, beside: `${file}-index` }, () => undefined, 0);
    const who = () => besides.run(THREAD, -3);
    const first = await who();
    let next = first;
    while (next === first) next = await nextTurn().then(who);
    expect(next).toBeGreaterThan(first);
    await Promise.all([besides.close(), besides.close()]);
    await expect(who()).rejects.toThrow('The store is closed');
  });

  it('is waited for when the store is closed; what it had not begun is refused', async () => {
    const file = fresh();
    const { sql, insert, work } = await open(file);
    await insert('item', 1);
    const settling = Promise.allSettled([work(), work()]);
    await Promise.all([sql.close(), sql.close()]);
    expect((await settling).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await (await open(file)).ids('copy')).toEqual([1]);
  });

  it('loses at a power cut what the store has lost, and only then is that looked for', async () => {
    const file = fresh();
    const first = await open(file);
    await first.insert('copy', 7);
    await first.sql.close();
    const second = await open(file);
    expect(await second.ids('copy')).toEqual([7]);
    await second.sql.close();
    const raw = new DatabaseSync(`${file}-index`);
    raw.exec('pragma user_version = 1');
    raw.close();
    expect(await (await open(file)).ids('copy')).toEqual([]);
  });

  it('begins with empty tables where its file is gone, or a store of before has them in its own', async () => {
    const file = fresh();
    const before = await openSql(
      `sqlite:${file}`,
      migrations.map(({ id, statements }) => ({ id, statements })),
    );
    await before.transaction((tx) => tx.query('insert into copy (id) values (1)'));
    await before.close();
    expect(existsSync(`${file}-index`)).toBe(false);
    for (let round = 0; round < 2; round += 1) {
      const { sql, ids, insert } = await open(file);
      expect(await ids('copy')).toEqual([]);
      await insert('copy', 2);
      await sql.close();
      rmSync(`${file}-index`);
    }
  });
});
