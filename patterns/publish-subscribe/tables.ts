import type { StorePart } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** Table, its key below the store (the first column is swept by), and its columns. */
const TABLES = [
  [
    'pub_subscription',
    'id',
    [
      'id',
      'flavour',
      'owner',
      'place',
      'wants',
      'state',
      'reason',
      'run',
      'events',
      'considered',
      'sent',
      'told',
      'created',
    ],
  ],
  ['pub_event', 'number', ['subscription', 'number', 'at', 'focus', 'version', 'deed', 'body']],
  ['pub_considered', 'slot', ['subscription', 'slot', 'at', 'what', 'matched', 'because']],
  ['pub_published', 'event', ['event', 'at']],
  ['pub_queue', 'seq', ['seq', 'queue', 'event', 'body', 'at', 'again', 'received']],
  ['pub_known', 'hook', ['hook', 'subscription', 'wants', 'period', 'state', 'number', 'heard', 'missing', 'note']],
  ['pub_inbox', 'seq', ['seq', 'at', 'hook', 'kind', 'event', 'focus', 'version', 'outcome', 'because', 'details']],
  ['pub_newest', 'focus', ['focus', 'version']],
] as const;

/** What the pattern keeps beside FHIR resources; all of it belongs to one participant's store. */
export const newsStore: StorePart = {
  migrations: [
    {
      id: 'pub-1',
      statements: [
        `create table pub_subscription (store bigint not null, id text not null, flavour text not null, owner text not null,
           place text not null, wants text not null, state text not null, reason text, run bigint not null,
           events bigint not null, considered bigint not null, sent bigint, created bigint not null,
           primary key (store, id)) without rowid`,
        `create table pub_event (store bigint not null, subscription text not null, number bigint not null,
           at bigint not null, focus text not null, version bigint not null, deed text not null, body text,
           primary key (store, subscription, number)) without rowid`,
        `create table pub_considered (store bigint not null, subscription text not null, slot bigint not null,
           at bigint not null, what text not null, matched bigint not null, because text not null,
           primary key (store, subscription, slot)) without rowid`,
        `create table pub_published (store bigint not null, event text not null, at bigint not null,
           primary key (store, event)) without rowid`,
        `create table pub_queue (store bigint not null, seq bigint not null, queue text not null, event text not null,
           body text not null, at bigint not null, again bigint not null, received bigint not null,
           primary key (store, seq)) without rowid`,
        'create index pub_queue_name on pub_queue (store, queue, seq)',
        `create table pub_known (store bigint not null, hook text not null, subscription text not null, wants text not null,
           period bigint not null, state text not null, number bigint not null, heard bigint not null,
           missing text not null, note text, primary key (store, hook)) without rowid`,
        `create table pub_inbox (store bigint not null, seq bigint not null, at bigint not null, hook text not null,
           kind text not null, event text not null, focus text not null, version bigint not null, outcome text not null,
           because text, details text, primary key (store, seq)) without rowid`,
        'create index pub_inbox_event on pub_inbox (store, hook, event)',
        `create table pub_newest (store bigint not null, focus text not null, version bigint not null,
           primary key (store, focus)) without rowid`,
      ],
    },
    { id: 'pub-2', statements: ['alter table pub_subscription add column told bigint not null default 0'] },
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
  sweep: async (tx: Tx, store, limit) => {
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
