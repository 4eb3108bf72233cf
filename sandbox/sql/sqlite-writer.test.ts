import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createBodies } from './body.ts';
import type { Tx } from './port.ts';
import { createStatements, type Statements } from './sqlite-statements.ts';
import { createWriter } from './sqlite-writer.ts';

describe('the one writer of SQLite', () => {
  const databases: DatabaseSync[] = [];
  afterEach(() => {
    for (const db of databases.splice(0)) db.close();
  });
  /** `sabotage` is what happens to the transaction behind the writer's back when a body asks for it. */
  const open = (sabotage: (db: DatabaseSync) => void) => {
    const db = new DatabaseSync(':memory:');
    databases.push(db);
    db.exec('create table item (name text); create table parent (id integer primary key)');
    db.exec('create table child (parent integer references parent (id) deferrable initially deferred)');
    const real = createStatements(db);
    const statements: Statements = {
      all: (sql, params) => {
        if (sql === 'sabotage') sabotage(db);
        return sql === 'sabotage' ? [] : real.all(sql, params);
      },
    };
    const writer = createWriter(db, statements, createBodies(), 0);
    const insert = (name: string) =>
      writer.transaction((tx: Tx) => tx.query('insert into item (name) values ($1)', [name]));
    return {
      writer,
      insert,
      names: () =>
        db
          .prepare('select name from item')
          .all()
          .map(({ name }) => name),
    };
  };

  it('runs the bystanders again when SQLite gives up the whole transaction, as it does on a full disk', async () => {
    const { writer, insert, names } = open((db) => {
      db.exec('rollback');
      throw new Error('database or disk is full');
    });
    const before = insert('before');
    const culprit = writer.transaction((tx) => tx.query('sabotage'));
    const after = insert('after');
    await expect(culprit).rejects.toThrow('disk is full');
    await Promise.all([before, after]);
    expect(names()).toEqual(['before', 'after']);
  });

  it('leaves nobody waiting, and keeps nothing, when a transaction cannot be ended as it should', async () => {
    const { writer, insert, names } = open((db) => db.exec('release body'));
    const settled = await Promise.allSettled([insert('before'), writer.transaction((tx) => tx.query('sabotage'))]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await insert('next');
    expect(names()).toEqual(['next']);
    await writer.idle();
  });

  it('answers nobody before the commit, and rejects all of them when it fails', async () => {
    const { writer, insert, names } = open((db) => db.exec('insert into child (parent) values (1)'));
    const batch = [insert('one'), writer.transaction((tx) => tx.query('sabotage')), insert('two')];
    const settled = await Promise.allSettled(batch);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(names()).toEqual([]);
    await insert('next');
    expect(names()).toEqual(['next']);
  });
});
