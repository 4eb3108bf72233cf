import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { sqlContract } from './contract.ts';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';
import type { Sql } from './port.ts';

let server: Postgres;
const open = async (): Promise<Sql> => openSql(await server.createDatabase(), contractMigrations);
const put = (sql: Sql, id: number) =>
  sql.transaction((tx) => tx.query('insert into item (id, name, flag) values ($1, $2, 0)', [id, `item ${id}`]));

describe.skipIf(postgresIsMissing())('on a PostgreSQL server', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  sqlContract('postgres', async (migrations) => openSql(await server.createDatabase(), migrations));

  describe('the postgres driver', () => {
    it('keeps what it holds over a restart, under either name of its scheme', async () => {
      const url = await server.createDatabase();
      const first = await openSql(url, contractMigrations);
      await put(first, 1);
      await first.close();
      const second = await openSql(url.replace('postgres:', 'postgresql:'), contractMigrations);
      expect(await second.query('select name from item')).toEqual([{ name: 'item 1' }]);
      await second.close();
    });

    it('runs a body again that lost a race against another node', async () => {
      const url = await server.createDatabase();
      const [one, other] = await Promise.all([openSql(url, contractMigrations), openSql(url, contractMigrations)]);
      await one.transaction((tx) => tx.query("insert into counter (name, value) values ('n', 1)"));
      const add = "update counter set value = value + 10 where name = 'n' returning value";
      let runs = 0;
      const value = await one.transaction(async (tx) => {
        runs += 1;
        await tx.query("select value from counter where name = 'n'");
        let meanwhile = runs > 1;
        if (runs === 1)
          void other
            .transaction((inner) => inner.query(add))
            .then(() => {
              meanwhile = true;
            });
        while (!meanwhile) await tx.query('select 1 as one');
        return (await tx.query<{ value: number }>(add))[0]?.value;
      });
      expect([runs, value]).toEqual([2, 21]);
      await Promise.all([one.close(), other.close()]);
    });

    it('hands each number out once when callers of two nodes count up one row', async () => {
      const url = await server.createDatabase();
      const nodes = await Promise.all([openSql(url, contractMigrations), openSql(url, contractMigrations)]);
      await nodes[0]?.transaction((tx) => tx.query("insert into counter (name, value) values ('n', 0)"));
      const count = async (node: Sql): Promise<number> =>
        node.transaction(async (tx) => {
          const [row] = await tx.query<{ value: number }>("select value from counter where name = 'n'");
          await tx.query("update counter set value = $1 where name = 'n'", [(row?.value ?? 0) + 1]);
          return (row?.value ?? 0) + 1;
        });
      const given = await Promise.all(
        Array.from({ length: 60 }, (_, index) => nodes[index % 2] ?? nodes[0]).flatMap((node) =>
          node === undefined ? [] : [count(node)],
        ),
      );
      expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
      await Promise.all(nodes.map((node) => node.close()));
    });

    it('runs what meets in a lane in few transactions, and keeps all of it but what failed', async () => {
      const sql = await open();
      const settled = await Promise.allSettled(
        Array.from({ length: 20 }, (_, id) =>
          sql.transaction(async (tx) => {
            // The fifth has the name of the fourth.
            const name = `item ${id === 5 ? 4 : id}`;
            await tx.query('insert into item (id, name, flag) values ($1, $2, 0)', [id, name]);
            if (id === 15) throw new Error('gives up');
            return id;
          }, 7),
        ),
      );
      const lost = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      expect(lost).toEqual([expect.stringContaining('A constraint failed'), 'Error: gives up']);
      const [kept] = await sql.query<{ n: number }>('select count(*) as n from item');
      expect(kept).toEqual({ n: 18 });
      await Promise.all(
        Array.from({ length: 20 }, (_, id) =>
          sql.transaction((tx) => tx.query('insert into counter (name, value) values ($1, 0)', [`${id}`]), 7),
        ),
      );
      const [commits] = await sql.query<{ n: number }>('select count(distinct xmin::text) as n from counter');
      expect(commits?.n).toBeLessThan(5);
      await sql.close();
    });

    it('sorts text by its code points, whatever the database’s own order is', async () => {
      const [order] = await server.administer(
        "select array_agg(v order by v) as v from (values ('a'), ('B')) as t (v)",
      );
      expect(order).toEqual({ v: ['a', 'B'] });
      const sql = await open();
      const names = ['a', 'B', 'é', 'Z', 'z'];
      await sql.transaction(async (tx) => {
        for (const name of names) await tx.query('insert into counter (name, value) values ($1, 0)', [name]);
      });
      const sorted = (await sql.query<{ name: string }>('select name from counter order by name')).map(
        ({ name }) => name,
      );
      expect(sorted).toEqual(['B', 'Z', 'a', 'z', 'é']);
      await sql.close();
    });

    it('prepares what is run again, and replaces a connection before the server keeps too many statements', async () => {
      const sql = await openSql(`${await server.createDatabase()}?pool=1`, contractMigrations);
      const prepared = async (): Promise<number> => {
        const [row] = await sql.query<{ n: number }>('select count(*) as n from pg_prepared_statements');
        return row?.n ?? -1;
      };
      await sql.query('select 1 as once');
      expect(await prepared()).toBe(0);
      let most = 0;
      for (let n = 0; n < 600; n += 1) {
        for (let time = 0; time < 2; time += 1) await sql.query(`select ${n} as n`);
        if (n % 50 === 0) most = Math.max(most, await prepared());
      }
      expect(most).toBeGreaterThan(400);
      expect(await prepared()).toBeLessThan(most);
      await sql.close();
    });

    it('opens no more connections than it was told, and serves everybody', async () => {
      const url = await server.createDatabase();
      const sql = await openSql(`${url}?pool=3`, contractMigrations);
      await Promise.all(Array.from({ length: 40 }, (_, id) => put(sql, id)));
      const [row] = await server.administer(
        `select count(*)::int as n from pg_stat_activity where datname = '${url.split('/').at(-1)}'`,
      );
      expect(row).toEqual({ n: 3 });
      expect(await sql.query('select count(*) as n from item')).toEqual([{ n: 40 }]);
      await sql.close();
    });

    it.each([
      ['postgres://localhost', 'STORE_URL names no database'],
      ['postgres://localhost/x?pool=none', 'pool is a whole number, 1 or more'],
      ['postgres://localhost/x?wait=-1', 'wait is a whole number, 0 or more'],
      ['postgres://local host/x', 'STORE_URL is not a URL'],
    ])('refuses %s with the reason', async (url, reason) => {
      await expect(openSql(url, [])).rejects.toThrow(reason);
    });

    it('says at once that there is no such database, and does not repeat the password', async () => {
      const url = new URL(`${server.url}/nowhere`);
      url.password = 's3cret';
      const error = await openSql(url.href, []).catch((reason: unknown) => reason);
      expect(String(error)).toContain('database "nowhere" does not exist');
      expect(String(error)).not.toContain('s3cret');
    });

    it('refuses a database that does not keep text as UTF-8', async () => {
      await server.administer(
        "create database latin encoding 'LATIN1' locale 'C' locale_provider libc template template0",
      );
      await expect(openSql(`${server.url}/latin`, [])).rejects.toThrow('create one with encoding UTF8');
    });
  });
});
