import type { StorePart } from '../../sandbox/pattern.ts';

const TABLES = [
  ['reg_document', 'id', ['id', 'pointer', 'wanted', 'gone', 'attempts', 'draft']],
  ['reg_allowed', 'id', ['id', 'caller']],
] as const;

/** What a repository knows of its documents beside what they say: where they are registered, and who may have them. */
export const documentStore: StorePart = {
  migrations: [
    {
      id: 'reg-1',
      statements: [
        `create table reg_document (store bigint not null, id text not null, pointer text, wanted bigint not null,
           gone bigint not null, attempts bigint not null, draft text not null, primary key (store, id)) without rowid`,
        `create table reg_allowed (store bigint not null, id text not null, caller text not null,
           primary key (store, id, caller)) without rowid`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    for (const [table, , columns] of TABLES) {
      const list = columns.join(', ');
      await tx.query(`insert into ${table} (store, ${list}) select $2, ${list} from ${table} where store = $1`, [
        from,
        to,
      ]);
    }
  },
  sweep: async (tx, store, limit) => {
    for (const [table, key] of TABLES) {
      const gone = await tx.query(
        `delete from ${table} where store = $1 and ${key} in
           (select ${key} from ${table} where store = $1 order by ${key} limit $2) returning ${key}`,
        [store, limit],
      );
      if (gone.length > 0) return gone.length;
    }
    return 0;
  },
};
