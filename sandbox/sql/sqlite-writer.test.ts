import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createBodies } from './body.ts';
import type { Tx } from './port.ts';
import { createStatements, type Statements } from './sqlite-statements.ts';
import { createWriter, type Writer } from './sqlite-writer.ts';

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
      reads: real.reads,
      isBeside: real.isBeside,
      writes: real.writes,
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

  /** Writes, then fails: the batches after it are written with savepoints. */
  const failAfterWriting = (writer: Writer, name: string) =>
    writer.transaction(async (tx) => {
      await tx.query('insert into item (name) values ($1)', [name]);
      throw new Error('changed its mind');
    });

  it('keeps what the neighbours of a body wrote that failed, in the order in which they came, and answers each', async () => {
    const { writer, insert, names } = open(() => undefined);
    for (const round of ['shared', 'with savepoints']) {
      const settled = await Promise.allSettled([
        insert(`${round}, before`),
        failAfterWriting(writer, 'nothing'),
        insert(`${round}, after`),
      ]);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    }
    expect(names()).toEqual(['shared', 'with savepoints'].flatMap((round) => [`${round}, before`, `${round}, after`]));
  });

  it('runs nobody again because of a body that had only read when it failed', async () => {
    const { writer, names } = open(() => undefined);
    let runs = 0;
    const neighbour = writer.transaction((tx) => {
      runs += 1;
      return tx.query(`insert into item (name) values ('neighbour')`);
    });
    const refused = writer.transaction(async (tx) => {
      await tx.query('select name from item');
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    await neighbour;
    expect([runs, names()]).toEqual([1, ['neighbour']]);
  });

  it('leaves nobody waiting, and keeps nothing, when a transaction cannot be ended as it should', async () => {
    const { writer, insert, names } = open((db) => db.exec('release body'));
    await Promise.allSettled([failAfterWriting(writer, 'nothing'), failAfterWriting(writer, 'nothing')]);
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

  it('refuses a null where none may be, also in an insert that skips what is there already and has worked before', () => {
    const db = new DatabaseSync(':memory:');
    databases.push(db);
    db.exec('create table word (text text not null primary key, note text) without rowid');
    const statements = createStatements(db);
    const two = 'insert into word (text, note) values ($1, $2), ($3, $2) on conflict do nothing';
    statements.all(two, ['one', null, 'two']);
    statements.all(two, ['two', 'note', 'three']);
    expect(() => statements.all(two, ['four', 'note', null])).toThrow('NOT NULL');
    expect(() => statements.all('insert into word (note) values ($1) on conflict do nothing', ['x'])).toThrow(
      'NOT NULL',
    );
    const words = db.prepare('select text, note from word order by text').all();
    expect(words).toEqual([
      { text: 'one', note: null },
      { text: 'three', note: 'note' },
      { text: 'two', note: null },
    ]);
  });
});
