import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { type CuttingProxy, startCuttingProxy } from '../cutting-proxy.test-data.ts';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';
import type { Sql, Tx } from './port.ts';

let server: Postgres;
let proxy: CuttingProxy;
let url: string;
let sql: Sql;
const insert = (tx: Tx, id: number) =>
  tx.query('insert into item (id, name, flag) values ($1, $2, 0)', [id, `item ${id}`]);
const put = (id: number) => sql.transaction((tx) => insert(tx, id));
const ids = async (): Promise<number[]> =>
  (await sql.query<{ id: number }>('select id from item order by id')).map(({ id }) => id);

describe.skipIf(postgresIsMissing())('a PostgreSQL server that goes away', () => {
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startCuttingProxy('127.0.0.1', Number(new URL(server.url).port));
  });
  afterAll(async () => {
    await proxy.close();
    await server.remove();
  });
  beforeEach(async () => {
    url = await server.createDatabase();
    sql = await openSql(url, contractMigrations);
  });
  afterEach(() => sql.close());

  const reopen = async (change: (at: URL) => void): Promise<void> => {
    const at = new URL(url);
    change(at);
    await sql.close();
    sql = await openSql(at.href, contractMigrations);
  };
  const throughProxy = (): Promise<void> =>
    reopen((at) => {
      at.port = String(proxy.port);
    });

  it('is not noticed where it ended idle connections only', async () => {
    await Promise.all([put(1), put(2), ids()]);
    await server.administer('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
    expect(await ids()).toEqual([1, 2]);
    await put(3);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('takes nothing with it where it ends the connection of a transaction: the body is run again', async () => {
    let runs = 0;
    await sql.transaction(async (tx) => {
      runs += 1;
      await insert(tx, 1);
      if (runs === 1) await tx.query('select pg_terminate_backend(pg_backend_pid())');
    });
    expect([runs, await ids()]).toEqual([2, [1]]);
  });

  it('is given up by a transaction that loses its connection again and again', async () => {
    await reopen((at) => at.searchParams.set('pool', '1'));
    let runs = 0;
    const body = sql.transaction(async (tx) => {
      runs += 1;
      await tx.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(body).rejects.toMatchObject({ trouble: 'unreachable' });
    expect(runs).toBe(3);
  });

  it.each([
    ['before', []],
    ['after', [1]],
  ] as const)('leaves it open whether a transaction was kept when it goes %s COMMIT arrives', async (when, kept) => {
    await throughProxy();
    const writing = sql.transaction(async (tx) => {
      await insert(tx, 1);
      proxy.cut('commit', when);
    });
    await expect(writing).rejects.toMatchObject({ trouble: 'unknown' });
    expect(await ids()).toEqual(kept);
  });

  it('is asked again where the answer to a query was lost', async () => {
    await put(1);
    await throughProxy();
    proxy.cut('order by id', 'after');
    expect(await ids()).toEqual([1]);
  });

  it('that says no goodbye is not waited for without end', async () => {
    await reopen((at) => {
      at.port = String(proxy.port);
      at.searchParams.set('wait', '150');
    });
    await Promise.all([put(1), ids()]);
    const hushed = proxy.hush('X');
    await sql.close();
    await hushed;
    sql = await openSql(url, contractMigrations);
    expect(await ids()).toEqual([1]);
  });

  it('is waited for: what was asked meanwhile is answered when it is back', async () => {
    await server.stop();
    const asked = [put(1), put(2)];
    await server.start();
    await Promise.all(asked);
    expect(await ids()).toEqual([1, 2]);
  });

  it('is waited for so long and no longer, and everything works again by itself when it is back', async () => {
    await reopen((at) => at.searchParams.set('wait', '150'));
    await server.stop();
    const refused = {
      trouble: 'unreachable',
      message: expect.stringMatching(/^The store 127.0.0.1:\d+\/test_\d+ cannot be/),
    };
    const settled = await Promise.allSettled([put(1), ids(), ...Array.from({ length: 20 }, (_, n) => put(n + 10))]);
    expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 'rejected'));
    await expect(put(1)).rejects.toMatchObject(refused);
    await expect(openSql(`${url}?wait=150`, [])).rejects.toMatchObject(refused);
    await server.start();
    await put(2);
    expect(await ids()).toEqual([2]);
  });

  it('loses nothing that was acknowledged, and keeps nothing that was refused, when it crashes under load', async () => {
    const acknowledged: number[] = [];
    const unknown: number[] = [];
    let next = 0;
    let crashing: Promise<void> | undefined;
    const caller = async (): Promise<void> => {
      while (next < 1500) {
        const id = next++;
        const done = await put(id).then(
          () => acknowledged.push(id),
          (error: { trouble?: string }) => error.trouble === 'unknown' && unknown.push(id),
        );
        if (done !== false && acknowledged.length === 500) crashing ??= server.crash().then(server.start);
      }
    };
    await Promise.all(Array.from({ length: 16 }, caller));
    await crashing;
    const found = new Set(await ids());
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    const told = new Set([...acknowledged, ...unknown]);
    expect([...found].filter((id) => !told.has(id))).toEqual([]);
  });
});
