import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { sqlContract } from './contract.ts';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';

sqlContract('sqlite', (migrations) => openSql('sqlite::memory:', migrations));

describe('the sqlite driver', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fingerpost-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  let files = 0;
  const fresh = (): string => join(directory, 'made on demand', `store-${++files}.db`);
  const names = 'select name from item order by id';

  it('shows the hazard that the port removes: on one naive connection a rollback loses a bystander’s write', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec('create table item (id integer primary key, name text)');
    const naive = async (body: () => Promise<void>): Promise<void> => {
      if (!db.isTransaction) db.exec('begin');
      try {
        await body();
        if (db.isTransaction) db.exec('commit');
      } catch (error) {
        db.exec('rollback');
        throw error;
      }
    };
    const failing = naive(async () => {
      await Promise.resolve();
      throw new Error('gives up');
    });
    db.exec("insert into item (name) values ('acknowledged')");
    await expect(failing).rejects.toThrow('gives up');
    expect(db.prepare('select name from item').all()).toEqual([]);
    db.close();
  });

  it('keeps what it holds over a restart, in the file that the URL names', async () => {
    const url = `sqlite:${fresh()}?sync=full`;
    const first = await openSql(url, contractMigrations);
    await first.transaction((tx) => tx.query("insert into item (id, name, flag) values (1, 'kept', 0)"));
    await first.close();
    const second = await openSql(url, contractMigrations);
    expect(await second.query(names)).toEqual([{ name: 'kept' }]);
    await second.close();
  });

  it('runs only the migrations that have not run, and refuses one that was edited', async () => {
    const url = `sqlite:${fresh()}`;
    await (await openSql(url, contractMigrations)).close();
    const more = [...contractMigrations, { id: 'more-1', statements: ['create table more (id bigint)'] }];
    const opened = await openSql(url, more);
    expect(await opened.query('select id from migration order by id')).toEqual([
      { id: 'contract-1' },
      { id: 'more-1' },
    ]);
    await opened.close();
    const edited = [{ id: 'contract-1', statements: ['create table other (id bigint)'] }];
    await expect(openSql(url, edited)).rejects.toThrow('Migration contract-1 was edited');
  });

  it('leaves nothing of a migration that fails half way', async () => {
    const url = `sqlite:${fresh()}`;
    const broken = { id: 'broken-1', statements: ['create table half (id bigint)', 'create tabel x (id bigint)'] };
    await expect(openSql(url, [broken])).rejects.toThrow('Migration broken-1 failed');
    const mended = { id: 'broken-1', statements: ['create table half (id bigint)'] };
    const sql = await openSql(url, [mended]);
    expect(await sql.query('select id from half')).toEqual([]);
    await sql.close();
  });

  it.each([
    ['mysql://localhost/x', 'There is no store driver "mysql:"'],
    ['no scheme at all', 'STORE_URL has no scheme'],
    ['port:x', 'There is no store driver "port:"'],
    ['sqlite:', 'names no file'],
    ['sqlite:./x.db?synch=full', 'unknown option "synch"'],
    ['sqlite:./x.db?lockwait=soon', 'lockwait is a number of milliseconds'],
    ['sqlite:./x.db?sync=half', 'sync is normal or full, not "half"'],
  ])('refuses %s with the reason', async (url, reason) => {
    await expect(openSql(url, [])).rejects.toThrow(reason);
  });

  it('removes the file of sqlite::memory: when it is closed', async () => {
    const sql = await openSql('sqlite::memory:', []);
    const [database] = await sql.query<{ file: string }>("select file from pragma_database_list where name = 'main'");
    expect(existsSync(database?.file ?? '')).toBe(true);
    await sql.close();
    expect(existsSync(database?.file ?? '')).toBe(false);
  });

  it('waits for the lock of another process, and goes on when it is given back', async () => {
    const file = fresh();
    const sql = await openSql(`sqlite:${file}`, contractMigrations);
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const write = sql.transaction((tx) => tx.query("insert into item (id, name, flag) values (1, 'waited', 0)"));
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await sql.query(names)).toEqual([]);
    other.exec('commit');
    other.close();
    await write;
    expect(await sql.query(names)).toEqual([{ name: 'waited' }]);
    await sql.close();
  });

  it('says that another process holds the store when it does not let go', async () => {
    const file = fresh();
    const sql = await openSql(`sqlite:${file}?lockwait=100`, contractMigrations);
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const write = sql.transaction((tx) => tx.query("insert into item (id, name, flag) values (1, 'late', 0)"));
    await expect(write).rejects.toThrow('The store is locked by another process');
    other.close();
    await sql.close();
  });

  it('has every acknowledged write after the process was killed in the middle', async () => {
    const url = `sqlite:${fresh()}`;
    const program = `
      import { openSql } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      const sql = await openSql(${JSON.stringify(url)}, ${JSON.stringify(contractMigrations)});
      const write = async (id) => {
        await sql.transaction((tx) => tx.query('insert into item (id, name, flag) values ($1, $2, 0)', [id, 'item ' + id]));
        process.stdout.write(id + '\\n');
      };
      let next = 0;
      const caller = async () => { for (;;) await write(next++); };
      await Promise.all(Array.from({ length: 16 }, caller));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 1000) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const sql = await openSql(url, contractMigrations);
    const found = new Set((await sql.query<{ id: number }>('select id from item')).map((row) => row.id));
    expect(acknowledged.length).toBeGreaterThanOrEqual(1000);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    await sql.close();
  });
});
