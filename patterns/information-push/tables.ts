import { keptByStore } from '../../sandbox/kept-by-store.ts';

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
export const pushStore = keptByStore(TABLES, [
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
]);
