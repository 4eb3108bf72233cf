import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractMigrations } from './contract-subset.ts';
import { openSql } from './open.ts';
import type { Sql } from './port.ts';

interface Seen {
  readonly items: number;
  readonly version: number | undefined;
}

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
    const wrote = Promise.withResolvers<void>();
    let before: Seen | undefined;
    const look = async (): Promise<Seen> => ({ items: await count(), version: sql.version?.() });
    const looking = wrote.promise.then(look).then((seen) => {
      before = seen;
    });
    const told = sql.transaction(async (tx) => {
      await tx.query(insert(1));
      wrote.resolve();
      while (before === undefined) await tx.query('select 1 as one');
    });
    const after = await told.then(look);
    await looking;
    // All of that in one turn: what was open for the first look would show the second what it showed before.
    expect([before?.items, after.items]).toEqual([0, 1]);
    expect(after.version).not.toBe(before?.version);
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
