import { keptByStore } from '../../sandbox/kept-by-store.ts';

const TABLES = [
  ['reg_document', 'id', ['id', 'pointer', 'wanted', 'gone', 'attempts', 'draft']],
  ['reg_allowed', 'id', ['id', 'caller']],
] as const;

/** What a repository knows of its documents beside what they say: where they are registered, and who may have them. */
export const documentStore = keptByStore(TABLES, [
  {
    id: 'reg-1',
    statements: [
      `create table reg_document (store bigint not null, id text not null, pointer text, wanted bigint not null,
           gone bigint not null, attempts bigint not null, draft text not null, primary key (store, id)) without rowid`,
      `create table reg_allowed (store bigint not null, id text not null, caller text not null,
           primary key (store, id, caller)) without rowid`,
    ],
  },
]);
