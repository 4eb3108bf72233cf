import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contractMigrations, subsetCases } from './contract-subset.ts';
import type { Migration, Sql, Tx } from './port.ts';

const insert = (tx: Tx, id: number, name = `item ${id}`): Promise<object[]> =>
  tx.query('insert into item (id, name, flag) values ($1, $2, $3)', [id, name, 0]);

/** What every driver has to keep (rules 1). `open` gives a fresh store in which the given migrations have run. */
export const sqlContract = (driver: string, open: (migrations: readonly Migration[]) => Promise<Sql>): void => {
  describe(`the sql port on ${driver}`, () => {
    let sql: Sql;
    const names = async (): Promise<string[]> =>
      (await sql.query<{ name: string }>('select name from item order by id')).map((row) => row.name);
    beforeAll(async () => {
      sql = await open(contractMigrations);
    });
    afterAll(() => sql.close());
    beforeEach(() =>
      sql.transaction(async (tx) => {
        for (const table of ['item', 'term', 'counter']) await tx.query(`delete from ${table}`);
      }),
    );

    it('answers with what the body returned, and shows afterwards what it wrote', async () => {
      const answer = await sql.transaction(async (tx) => {
        await insert(tx, 1, 'thermometer');
        return (await tx.query('select name from item where id = $1', [1]))[0]?.name;
      });
      expect(answer).toBe('thermometer');
      expect(await names()).toEqual(['thermometer']);
    });

    it('keeps what a bystander wrote when somebody else rolls back', async () => {
      const bodies = Array.from({ length: 20 }, (_, id) =>
        sql.transaction(async (tx) => {
          await insert(tx, id);
          if (id % 2 === 1) throw new Error(`body ${id} gives up`);
          return `item ${id}`;
        }),
      );
      const settled = await Promise.allSettled(bodies);
      expect(settled[1]).toMatchObject({ status: 'rejected', reason: { message: 'body 1 gives up' } });
      const acknowledged = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(acknowledged).toHaveLength(10);
      expect(await names()).toEqual(acknowledged);
    });

    it('does not let one failing statement spoil what is committed with it', async () => {
      const settled = await Promise.allSettled([
        sql.transaction((tx) => insert(tx, 1, 'same')),
        sql.transaction((tx) => insert(tx, 2, 'same')),
        sql.transaction((tx) => insert(tx, 3, 'other')),
      ]);
      const won = settled.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(2);
      expect(settled.find((result) => result.status === 'rejected')).toMatchObject({
        reason: { trouble: 'constraint' },
      });
      expect((await names()).toSorted()).toEqual(['other', 'same']);
    });

    it('never shows a reader what is not committed', async () => {
      const wrote = Promise.withResolvers<void>();
      let seen: string[] | undefined;
      const reader = wrote.promise.then(async () => {
        seen = await names();
      });
      await sql.transaction(async (tx) => {
        await insert(tx, 1);
        wrote.resolve();
        for (let wait = 0; wait < 10_000 && seen === undefined; wait += 1) await tx.query('select 1 as one');
      });
      await reader;
      expect(seen).toEqual([]);
      expect(await names()).toEqual(['item 1']);
    });

    it('lets exactly one of many callers win a race for the same row', async () => {
      const claim = (id: number): Promise<boolean> =>
        sql.transaction(async (tx) => {
          const rows = await tx.query(
            'insert into item (id, name, flag) values ($1, $2, 1) on conflict do nothing returning id',
            [id, 'the slot'],
          );
          return rows.length === 1;
        });
      const won = await Promise.all(Array.from({ length: 16 }, (_, id) => claim(id)));
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    it('loses no update when many callers count up one row', async () => {
      await sql.transaction((tx) => tx.query("insert into counter (name, value) values ('n', 0)"));
      const count = async (tx: Tx): Promise<number> => {
        const [row] = await tx.query<{ value: number }>("select value from counter where name = 'n'");
        const next = (row?.value ?? 0) + 1;
        await tx.query("update counter set value = $1 where name = 'n'", [next]);
        return next;
      };
      const given = await Promise.all(Array.from({ length: 50 }, () => sql.transaction(count)));
      expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });

    it('lets nobody act on what another is changing: of two that both see two on call, one stays', async () => {
      const leave = (id: number): Promise<void> =>
        sql.transaction(async (tx) => {
          const onCall = await tx.query('select id from item where flag = 1');
          if (onCall.length > 1) await tx.query('update item set flag = 0 where id = $1', [id]);
        });
      for (let round = 0; round < 10; round += 1) {
        await sql.transaction((tx) => tx.query('delete from item'));
        for (const id of [1, 2])
          await sql.transaction((tx) =>
            tx.query('insert into item (id, name, flag) values ($1, $2, 1)', [id, `${id}`]),
          );
        await Promise.all([leave(1), leave(2)]);
        expect(await sql.query('select count(*) as n from item where flag = 1')).toEqual([{ n: 1 }]);
      }
    });

    it('refuses to write outside a transaction', async () => {
      await expect(sql.query("insert into item (id, name, flag) values (1, 'x', 0)")).rejects.toMatchObject({
        trouble: 'read-only',
      });
      expect(await names()).toEqual([]);
    });

    it('refuses a transaction inside a transaction, and a query past the transaction', async () => {
      const nested = sql.transaction(async () => sql.transaction(async () => 'inner'));
      await expect(nested).rejects.toThrow('A transaction was opened inside a transaction');
      const past = sql.transaction(async () => sql.query('select 1 as one'));
      await expect(past).rejects.toThrow('A query outside the transaction was made inside a transaction');
    });

    it('ends a body that waits for something other than its own queries, and undoes it alone', async () => {
      const stuck = sql.transaction(async (tx) => {
        await insert(tx, 1);
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      });
      const other = sql.transaction((tx) => insert(tx, 2));
      await expect(stuck).rejects.toThrow('waits for something other than its own queries');
      await other;
      expect(await names()).toEqual(['item 2']);
    });

    it('refuses a query on a transaction that is over', async () => {
      const left: Tx[] = [];
      await sql.transaction(async (tx) => {
        left.push(tx);
      });
      await expect(left[0]?.query('select 1 as one')).rejects.toThrow('The transaction is over');
    });

    it('cannot commit after a failed statement, even where the body caught the error', async () => {
      const body = sql.transaction(async (tx) => {
        await insert(tx, 1);
        await insert(tx, 1).catch(() => []);
        return 'done';
      });
      await expect(body).rejects.toMatchObject({ trouble: 'constraint' });
      expect(await names()).toEqual([]);
    });

    it('rejects a body that throws before it awaits anything', async () => {
      const body = sql.transaction(() => {
        throw new Error('at once');
      });
      await expect(body).rejects.toThrow('at once');
    });

    it.each<[string, unknown, string]>([
      ['a boolean', true, 'a boolean (bind 0 or 1)'],
      ['undefined', undefined, 'undefined'],
      ['NaN', Number.NaN, 'the number NaN'],
      ['an object', { a: 1 }, 'a object (JSON is bound as text)'],
      ['a Date', new Date(0), 'a Date (bind milliseconds)'],
      ['a bigint', 1n, 'a bigint (bind a number)'],
      ['text with NUL', 'a\0b', 'NUL (U+0000)'],
    ])('refuses to bind %s, and says which parameter it was', async (_, value, words) => {
      const bind = sql.query('select id from item where id = $1 and name = $2', [1, value as string]);
      await expect(bind).rejects.toThrow(words);
      await expect(bind).rejects.toThrow('$2');
    });

    it('refuses too few and too many parameters', async () => {
      await expect(sql.query('select $1 + $2 as n', [1])).rejects.toThrow('takes 2 parameters, 1 are bound');
      await expect(sql.query('select 1 as n', [1])).rejects.toThrow('takes 0 parameters, 1 are bound');
    });

    it.each([
      ["select name from item where name like 'a%'", 'no LIKE'],
      ['select name as itemName from item', 'camelCase alias'],
      ['select id from item where $1 is null', 'no type'],
      ['select id from item where id = any($1)', 'no any()'],
      ['select id from item where id = ?', '$1, $2'],
      ['delete from item; delete from term', 'one statement at a time'],
      ['insert or ignore into item (id) values (1)', 'ON CONFLICT'],
      ['select max(id, 5) as m from item', 'use CASE'],
      ['commit', 'belong to the driver'],
    ])('refuses %s, which the drivers would not read alike', async (statement, words) => {
      await expect(sql.transaction((tx) => tx.query(statement))).rejects.toThrow(words);
    });

    it.each(subsetCases)('speaks the common subset: $title', async ({ before, statement, params, rows }) => {
      const found = await sql.transaction(async (tx) => {
        for (const [text, values] of before) await tx.query(text, values);
        return tx.query(statement, params);
      });
      expect(found.map((row) => ({ ...row }))).toEqual(rows);
    });

    it('closes once, after what is in flight, and refuses what comes later', async () => {
      const mine = await open(contractMigrations);
      const flying = mine.transaction((tx) => insert(tx, 1));
      const closed = mine.close();
      expect(mine.close()).toBe(closed);
      await expect(flying).resolves.toEqual([]);
      await closed;
      await expect(mine.transaction(async () => 1)).rejects.toMatchObject({ trouble: 'closed' });
      await expect(mine.query('select 1 as one')).rejects.toMatchObject({ trouble: 'closed' });
    });
  });
};
