import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeNumbers, takeNumbersAhead } from './numbers.ts';
import { openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql, Tx } from './sql/port.ts';

const SANDBOX = { id: 's', serial: 7 };

let sql: Sql;
beforeEach(async () => {
  sql = await openWithSandbox('sqlite::memory:', SANDBOX.id, SANDBOX.serial, 0);
});
afterEach(() => sql.close());

const seq = async (): Promise<number> => (await sql.query<{ seq: number }>('select seq from sandbox'))[0]?.seq ?? -1;
const ahead = (count: number, store = sql) => store.transaction((tx) => takeNumbersAhead(tx, SANDBOX, count));
const take = (count: number) => sql.transaction((tx) => takeNumbers(tx, SANDBOX, count));

describe('the numbers of a sandbox', () => {
  it('have no gaps where one takes them after another', async () => {
    expect([await take(1), await take(2), await take(40), await take(1)]).toEqual([1, 2, 4, 44]);
    expect(await seq()).toBe(44);
  });

  it('are each given once, and in order, to those who take them together, and never again', async () => {
    const counts = Array.from({ length: 60 }, (_, index) => 1 + (index % 3));
    const given: (readonly number[])[] = [];
    for (let round = 0; round < 3; round += 1) {
      const firsts = await Promise.all(counts.map(take));
      given.push(
        firsts.flatMap((first, index) => Array.from({ length: counts[index] ?? 0 }, (_, at) => (first ?? 0) + at)),
      );
    }
    const all = given.flat();
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(new Set(all).size).toBe(all.length);
    expect(await seq()).toBeGreaterThanOrEqual(all.at(-1) ?? Number.POSITIVE_INFINITY);
  });

  it('are not lost with a body that fails after it took some: what is given afterwards is what the store says', async () => {
    const failing = async (tx: Tx) => {
      await takeNumbers(tx, SANDBOX, 1);
      throw new Error('changed its mind');
    };
    for (let round = 0; round < 2; round += 1) {
      const settled = await Promise.allSettled([take(1), sql.transaction(failing), take(1), take(1)]);
      const numbers = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value ?? -1] : []));
      expect(numbers).toHaveLength(3);
      expect(new Set(numbers).size).toBe(3);
      expect(await seq()).toBeGreaterThanOrEqual(Math.max(...numbers));
    }
  });

  it('are refused once the generation is gone, also to those who come together with whoever ended it', async () => {
    const reset = (tx: Tx) => tx.query('update sandbox set serial = 8 where id = $1', [SANDBOX.id]);
    const [before, , after] = await Promise.all([take(1), sql.transaction(reset), take(1)]);
    expect([before, after]).toEqual([1, undefined]);
  });
});

describe('numbers that are taken ahead', () => {
  /** So many are taken one by one before. */
  beforeEach(async () => {
    for (let times = 0; times < 16; times += 1) expect(await ahead(2)).toBe(1 + 2 * times);
    expect(await seq()).toBe(32);
  });

  it('cost one update for many transactions, and are less than all that others are given later', async () => {
    expect([await ahead(2), await ahead(2)]).toEqual([33, 35]);
    const reserved = await seq();
    expect(reserved).toBeGreaterThan(36);
    expect([await take(1), await ahead(2)]).toEqual([37, 38]);
    expect(await seq()).toBe(reserved);
    // More than there are left: the others are nobody's, for they are less.
    const many = (await take(1000)) ?? 0;
    expect(many).toBeGreaterThan(reserved);
    expect(await ahead(2)).toBe(many + 1000);
  });

  it('are given once where what took them is undone', async () => {
    const failing = async (tx: Tx) => {
      await takeNumbersAhead(tx, SANDBOX, 100);
      throw new Error('changed its mind');
    };
    const given: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      await expect(sql.transaction(failing)).rejects.toThrow('changed its mind');
      given.push((await ahead(2)) ?? -1);
      const settled = await Promise.allSettled([ahead(2), sql.transaction(failing), ahead(2)]);
      given.push(...settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value ?? -1] : [])));
    }
    expect(given).toHaveLength(60);
    expect(given).toEqual(given.toSorted((a, b) => a - b));
    expect(new Set(given).size).toBe(given.length);
    expect(await seq()).toBeGreaterThan(Math.max(...given));
  });

  it('are refused once the generation is gone', async () => {
    await ahead(2);
    await sql.transaction((tx) => tx.query('update sandbox set serial = 8 where id = $1', [SANDBOX.id]));
    expect(await ahead(2)).toBeUndefined();
  });

  it('are given up when another process has written, which may have taken more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'numbers-'));
    const url = `sqlite:${folder}/store.db`;
    const stores: Sql[] = [];
    try {
      const mine = await openWithSandbox(url, SANDBOX.id, SANDBOX.serial, 0);
      const theirs = await openWithSandbox(url, SANDBOX.id, SANDBOX.serial, 0);
      stores.push(mine, theirs);
      const given: (number | undefined)[] = [];
      for (let turn = 0; turn < 60; turn += 1) given.push(await ahead(2, turn < 20 || turn % 3 === 0 ? mine : theirs));
      expect(given).toEqual(given.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      expect(new Set(given).size).toBe(given.length);
    } finally {
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
