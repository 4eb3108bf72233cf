import { keptByStore } from '../../sandbox/kept-by-store.ts';

const TABLES = [
  ['shr_organisation', 'id', ['id', 'title', 'system', 'value', 'participant', 'permissions']],
  ['shr_contribution', 'record', ['record', 'version', 'provenance']],
  ['shr_subscription', 'id', ['id', 'subscriber', 'channel', 'kinds']],
  ['shr_heard', 'seq', ['seq', 'at', 'event', 'type', 'subject', 'dataref', 'via']],
  ['shr_seen', 'record', ['record', 'version', 'body', 'change', 'at']],
  ['shr_launch', 'launch', ['launch', 'record', 'organisation', 'person', 'due', 'opened']],
] as const;

/** What the pattern keeps beside FHIR resources; all of it belongs to one participant's store. */
export const sharedStore = keptByStore(TABLES, [
  {
    id: 'shr-1',
    statements: [
      `create table shr_organisation (store bigint not null, id text not null, title text not null, system text, value text,
           participant text, permissions text not null, primary key (store, id)) without rowid`,
      `create table shr_contribution (store bigint not null, record text not null, version bigint not null,
           provenance text not null, primary key (store, record, version)) without rowid`,
      `create table shr_subscription (store bigint not null, id text not null, subscriber text not null,
           channel text not null, kinds text not null, primary key (store, id)) without rowid`,
      `create table shr_heard (store bigint not null, seq bigint not null, at bigint not null, event text not null,
           type text not null, subject text not null, dataref text not null, via text not null,
           primary key (store, seq)) without rowid`,
      'create unique index shr_heard_event on shr_heard (store, event)',
      `create table shr_seen (store bigint not null, record text not null, version text not null, body text not null,
           change text not null, at bigint not null, primary key (store, record)) without rowid`,
      `create table shr_launch (store bigint not null, launch text not null, record text not null,
           organisation text not null, person text not null, due bigint not null, opened bigint not null,
           primary key (store, launch)) without rowid`,
    ],
  },
]);
