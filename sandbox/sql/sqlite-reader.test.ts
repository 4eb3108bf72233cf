import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';
import type { Sql } from './port.ts';

describe('queries of one turn of the event loop', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fingerpost-reader-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  let files = 0;
  let sql: Sql;
  let stranger: DatabaseSync;
  beforeEach(async () => {
    const file = join(directory, `store-${++files}.db`);
    sql = await openSql(`sqlite:${file}`, contractMigrations);
    stranger = new DatabaseSync(file);
  });
  afterEach(async () => {
    stranger.close();
    await sql.close();
  });

  const count = async (): Promise<number> => (await sql.query('select id from item')).length;
  const insert = (id: number): string => `insert into item (id, name, flag) values (${id}, 'item ${id}', 0)`;
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('see one state of the store, and those of the next turn what another process committed meanwhile', async () => {
    expect(await count()).toBe(0);
    const version = sql.version?.();
    stranger.exec(insert(1));
    expect([await count(), sql.version?.()]).toEqual([0, version]);
    await nextTurn();
    expect(await count()).toBe(1);
    expect(sql.version?.()).not.toBe(version);
  });

  it('see what this process committed as soon as anybody is told of it', async () => {
    expect(await count()).toBe(0);
    const version = sql.version?.();
    let seen: number | undefined;
    // What waits beside the first is answered in the same turn, and may have read before.
    const first = sql.transaction((tx) => tx.query(insert(1))).then(count);
    const second = sql.transaction(async (tx) => {
      seen = await nextToCommit();
      await tx.query(insert(2));
    });
    const nextToCommit = async (): Promise<number> => stranger.prepare('select id from item').all().length;
    expect(await first).toBe(2);
    await second;
    expect(seen).toBe(0);
    expect(sql.version?.()).not.toBe(version);
  });

  it('hold on to the write-ahead log no longer than that', async () => {
    const empty = { busy: 0, log: 0, checkpointed: 0 };
    await sql.transaction((tx) => tx.query(insert(1)));
    expect(await count()).toBe(1);
    expect(stranger.prepare('pragma wal_checkpoint(truncate)').get()).toMatchObject({ busy: 1 });
    await nextTurn();
    expect(stranger.prepare('pragma wal_checkpoint(truncate)').get()).toEqual(empty);
  });
});
