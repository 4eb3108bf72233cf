import { keptByStore } from '../kept-by-store.ts';

const TABLES = [
  ['pointer_key', 'name', ['name', 'pointer']],
  ['pointer_custodian', 'custodian', ['custodian', 'owner']],
] as const;

/** What a registry keeps beside the pointers themselves: which document is registered, and whose a custodian's pointers are. */
export const pointerStore = keptByStore(TABLES, [
  {
    id: 'pointers-1',
    statements: [
      `create table pointer_key (store bigint not null, name text not null, pointer text not null,
           primary key (store, name)) without rowid`,
      `create table pointer_custodian (store bigint not null, custodian text not null, owner text not null,
           primary key (store, custodian)) without rowid`,
    ],
  },
]);
