import type { StorePart } from '../pattern.ts';

const TABLES = [
  ['pointer_key', 'name', ['name', 'pointer']],
  ['pointer_custodian', 'custodian', ['custodian', 'owner']],
] as const;

/** What a registry keeps beside the pointers themselves: which document is registered, and whose a custodian's pointers are. */
export const pointerStore: StorePart = {
  migrations: [
    {
      id: 'pointers-1',
      statements: [
        `create table pointer_key (store bigint not null, name text not null, pointer text not null,
           primary key (store, name)) without rowid`,
        `create table pointer_custodian (store bigint not null, custodian text not null, owner text not null,
           primary key (store, custodian)) without rowid`,
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
