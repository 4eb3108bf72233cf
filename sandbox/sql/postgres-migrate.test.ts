import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/catalogue.ts';
import { collectMigrations } from '../../src/migrations.ts';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';
import { adapt } from './postgres-migrate.ts';

let server: Postgres;
const BINARY = 'C';

describe.skipIf(postgresIsMissing())('migrations on PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  it('are those of the whole service, and every column of text is compared byte by byte', async () => {
    const sql = await openSql(await server.createDatabase(), await collectMigrations(await openCatalogue()));
    const columns = await sql.query<{ at: string; collation: string | null }>(
      `select c.relname || '.' || a.attname as at, o.collname as collation from pg_attribute as a
         join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
         left join pg_collation as o on o.oid = a.attcollation
       where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and a.atttypid = 25`,
    );
    expect(columns.length).toBeGreaterThan(50);
    expect(columns.filter(({ collation }) => collation !== BINARY)).toEqual([]);
    await sql.close();
  });

  it('are run once where several nodes start at the same time', async () => {
    const url = await server.createDatabase();
    const many = Array.from({ length: 20 }, (_, n) => ({
      id: `many-${n}`,
      statements: [`create table many${n} (id bigint)`],
    }));
    const nodes = await Promise.all(Array.from({ length: 6 }, () => openSql(url, many)));
    expect(await nodes[0]?.query('select count(*) as n from migration')).toEqual([{ n: 20 }]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('are refused where one that has run was edited', async () => {
    const url = await server.createDatabase();
    await (await openSql(url, contractMigrations)).close();
    const edited = [{ id: 'contract-1', statements: ['create table other (id bigint)'] }];
    await expect(openSql(url, edited)).rejects.toThrow('Migration contract-1 was edited');
  });

  it('are refused while nodes of an earlier version have the store in use, and run once those have ended', async () => {
    const url = await server.createDatabase();
    const earlier = await Promise.all([openSql(url, contractMigrations), openSql(url, contractMigrations)]);
    const heard = earlier.map((node) => new Promise<void>((resolve) => node.listen?.('any', () => resolve())));
    const connected = Promise.all(heard);
    let known = false;
    void connected.then(() => {
      known = true;
    });
    // What is said before the others hear is lost.
    for (let n = 0; !known; n += 1) {
      for (const node of earlier) node.notify?.('any', `${n}`);
      await earlier[0]?.query('select 1 as n');
    }
    const later = [...contractMigrations, { id: 'contract-99', statements: ['create table more (id bigint)'] }];
    const other = { id: 'other-1', statements: ['create table other (id bigint)'] };
    await expect(openSql(url, later)).rejects.toThrow('of an earlier version have the store in use (contract-99');
    await (await openSql(url, [...contractMigrations, other])).close();
    await Promise.all(earlier.map((node) => node.close()));
    await (await openSql(url, later)).close();
    await expect(openSql(url, contractMigrations)).rejects.toThrow('brought up to date by a newer version');
  });

  it('leave nothing behind where one fails half way, and can be mended', async () => {
    const url = await server.createDatabase();
    const broken = { id: 'broken-1', statements: ['create table half (id bigint)', 'create tabel x (id bigint)'] };
    await expect(openSql(url, [broken])).rejects.toThrow('Migration broken-1 failed');
    const sql = await openSql(url, [{ id: 'broken-1', statements: ['create table half (id bigint)'] }]);
    expect(await sql.query('select id from half')).toEqual([]);
    await sql.close();
  });

  it.each([
    ['create table t (a text not null, b text)', 'create table t (a text collate "C" not null, b text collate "C")'],
    ['create table t (a text collate "C")', 'create table t (a text collate "C")'],
    ['create table t (context bigint primary key) without rowid', 'create table t (context bigint primary key)'],
  ])('read %s as PostgreSQL needs it', (written, read) => {
    expect(adapt(written)).toBe(read);
  });
});
