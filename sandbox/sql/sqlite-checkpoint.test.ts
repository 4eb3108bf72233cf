import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from './sqlite-checkpoint.ts';

describe('checkpoints of the write-ahead log', () => {
  const directories: string[] = [];
  const databases: DatabaseSync[] = [];
  afterEach(() => {
    for (const db of databases.splice(0)) db.close();
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
  const open = () => {
    const directory = mkdtempSync(join(tmpdir(), 'fingerpost-test-'));
    directories.push(directory);
    const file = join(directory, 'store.db');
    const db = new DatabaseSync(file);
    databases.push(db);
    db.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table item (name text)');
    return { file, db, checkpoints: createCheckpoints(db, file) };
  };
  const insert = (db: DatabaseSync, count: number, committed: () => void) => {
    const statement = db.prepare('insert into item (name) values (?)');
    for (let n = 0; n < count; n += 1) {
      statement.run('x'.repeat(1000));
      committed();
    }
  };

  it('carry what was committed over to the file, while the writer goes on', async () => {
    const { file, db, checkpoints } = open();
    const before = statSync(file).size;
    insert(db, 200, checkpoints.committed);
    await checkpoints.close();
    expect(statSync(file).size).toBeGreaterThan(before + 64 * 1000);
    expect(db.prepare('select count(*) as n from item').get()).toEqual({ n: 200 });
  });

  it('do nothing in a store that is hardly written to, nor after they were closed', async () => {
    const { file, db, checkpoints } = open();
    const before = statSync(file).size;
    insert(db, 10, checkpoints.committed);
    await checkpoints.close();
    insert(db, 100, checkpoints.committed);
    await checkpoints.close();
    expect(statSync(file).size).toBe(before);
  });

  it('leave the writer alone when they cannot be made', async () => {
    const { file, db, checkpoints } = open();
    const lost = createCheckpoints(db, join(file, 'no such folder', 'store.db'));
    insert(db, 100, lost.committed);
    await lost.close();
    await checkpoints.close();
    expect(db.prepare('select count(*) as n from item').get()).toEqual({ n: 100 });
  });
});
