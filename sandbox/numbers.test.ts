import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeNumbers } from './numbers.ts';
import { openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql, Tx } from './sql/port.ts';

const SANDBOX = { id: 's', serial: 7 };

let sql: Sql;
beforeEach(async () => {
  sql = await openWithSandbox('sqlite::memory:', SANDBOX.id, SANDBOX.serial, 0);
});
afterEach(() => sql.close());

const seq = async (): Promise<number> => (await sql.query<{ seq: number }>('select seq from sandbox'))[0]?.seq ?? -1;
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
