import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { createStatements } from './sqlite-statements.ts';

describe('the statements of a connection', () => {
  it.each([
    ['are prepared once', 10, 1],
    ['are not kept where they are very long: a few hundred of those would fill the memory', 3000, 3],
  ])('%s', (_, values, times) => {
    const db = new DatabaseSync(':memory:');
    try {
      const prepare = vi.spyOn(db, 'prepare');
      const statements = createStatements(db);
      const list = Array.from({ length: values }, (_value, index) => index);
      const sql = `select 7 as n where 1 in (${list.map((index) => `$${index + 1}`).join(', ')})`;
      for (let run = 0; run < 3; run += 1) expect(statements.all(sql, list)).toEqual([{ n: 7 }]);
      expect(prepare).toHaveBeenCalledTimes(times);
      expect(statements.reads(sql)).toBe(true);
    } finally {
      db.close();
    }
  });

  it.each([
    ['insert into a (x) values (1) on conflict do nothing', 'a'],
    ['delete from a where x = 1', 'a'],
    ['update a set x = x + 1 where y = 2 returning x', 'a.x'],
    ['update a set x = 1, y = 2 where y = 2', 'a'],
    ['update a set x = (select y from a) where y = 2', 'a'],
    ['update a set x = 1', 'a'],
    ['with b as (select 1) insert into a (x) select 1 from b', 'a'],
    [
      'with recursive b (x) as (select 1 union all select x + 1 from b where x < 3) update a set y = 2 where x in (select x from b)',
      'a.y',
    ],
    ['with b as (select y from a) select y from b where y in (select x from a)', undefined],
    ["with b as (select ')') insert into a (x) select 1 from b", '*'],
    ['select x from a', undefined],
  ])('know what they write to: %s', (sql, what) => {
    const db = new DatabaseSync(':memory:');
    try {
      db.exec('create table a (x integer unique, y integer)');
      const statements = createStatements(db);
      expect(statements.writes(sql)).toBe(what);
      statements.all(sql, []);
      expect(statements.writes(sql)).toBe(what);
    } finally {
      db.close();
    }
  });

  it('give rows as objects like any other, with the last of columns of one name', () => {
    const db = new DatabaseSync(':memory:');
    try {
      const rows = createStatements(db).all("select 1 as id, 'a' as name, 2 as id, $1 as absent", [null]);
      expect(rows).toStrictEqual([{ id: 2, name: 'a', absent: null }]);
    } finally {
      db.close();
    }
  });
});
