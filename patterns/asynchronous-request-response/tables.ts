import { keptByStore } from '../../sandbox/kept-by-store.ts';

const TABLES = [
  ['rra_processed', 'message', ['message', 'request', 'at']],
  ['rra_case', 'task', ['task', 'message', 'header', 'correlation', 'request', 'job', 'hl7']],
  ['rra_job', 'job', ['job', 'kind', 'state', 'location', 'result', 'asked', 'again']],
  [
    'rra_open',
    'seq',
    ['seq', 'message', 'header', 'correlation', 'event', 'way', 'state', 'due', 'status_url', 'sent', 'answers'],
  ],
  ['rra_aside', 'seq', ['seq', 'at', 'reason', 'message']],
  ['rra_answer', 'task', ['task', 'seq', 'headers', 'body']],
  ['rra_clinician', 'name', ['name', 'after', 'decision', 'reason']],
] as const;

/** What the pattern keeps beside FHIR resources; all of it belongs to one participant's store. */
export const conversationStore = keptByStore(TABLES, [
  {
    id: 'rra-1',
    statements: [
      `create table rra_processed (store bigint not null, message text not null, request text not null,
           at bigint not null, primary key (store, message)) without rowid`,
      `create table rra_case (store bigint not null, task text not null, message text, header text, correlation text,
           request text, job text, primary key (store, task)) without rowid`,
      'create index rra_case_job on rra_case (store, job)',
      `create table rra_job (store bigint not null, job text not null, kind text not null, state text not null,
           location text, result text, asked bigint not null, again bigint not null, primary key (store, job)) without rowid`,
      `create table rra_open (store bigint not null, seq bigint not null, message text not null, header text not null,
           correlation text not null, event text not null, way text not null, state text not null, due bigint not null,
           status_url text, sent text not null, answers text not null, primary key (store, seq)) without rowid`,
      `create table rra_aside (store bigint not null, seq bigint not null, at bigint not null, reason text not null,
           message text not null, primary key (store, seq)) without rowid`,
      `create table rra_answer (store bigint not null, task text not null, seq bigint not null, headers text not null,
           body text not null, primary key (store, task)) without rowid`,
      `create table rra_clinician (store bigint not null, name text not null, after bigint not null,
           decision text not null, reason text, primary key (store, name)) without rowid`,
    ],
  },
  { id: 'rra-2', statements: ['alter table rra_case add column hl7 text'] },
]);
