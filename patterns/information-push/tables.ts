import type { StorePart } from '../../sandbox/pattern.ts';

/** Table, its key below the store, and its columns. */
const TABLES = [
  ['psh_carried', 'message', ['message', 'sender', 'recipient', 'event', 'accepted', 'state', 'settled']],
  ['psh_received', 'message', ['message', 'event', 'via', 'at', 'times', 'about']],
  ['psh_brought', 'recipient', ['recipient', 'headers', 'body']],
  ['psh_sent', 'seq', ['seq', 'message', 'via', 'recipient', 'at', 'state', 'reason']],
] as const;

/**
 * What the pattern keeps beside FHIR resources, each in its participant's store: what the exchange carries and last
 * brought, what the recipient has received, and what the sender knows of what it sent.
 */
export const pushStore: StorePart = {
  migrations: [
    {
      id: 'psh-1',
      statements: [
        `create table psh_carried (store bigint not null, message text not null, sender text not null,
           recipient text not null, event text not null, accepted bigint not null, state text not null, settled bigint,
           primary key (store, message)) without rowid`,
        `create table psh_received (store bigint not null, message text not null, event text not null, via text not null,
           at bigint not null, times bigint not null, about text not null, primary key (store, message)) without rowid`,
        `create table psh_sent (store bigint not null, seq bigint not null, message text not null, via text not null,
           recipient text not null, at bigint not null, state text not null, reason text,
           primary key (store, seq)) without rowid`,
      ],
    },
    {
      id: 'psh-2',
      statements: [
        `create table psh_brought (store bigint not null, recipient text not null, headers text not null, body text not null,
           primary key (store, recipient)) without rowid`,
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
