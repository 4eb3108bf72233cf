import type { Migration } from '../../sandbox/sql/port.ts';

/** A run is written when it starts, every second that it is alive, and when it ends; one whose process died is known by its deadline. */
export const conformanceMigrations: readonly Migration[] = [
  {
    id: 'conformance-1',
    statements: [
      `create table conformance_job (
        id text primary key, state text not null, deadline_real bigint not null, report text, error text)`,
    ],
  },
  { id: 'conformance-2', statements: ['create index conformance_job_deadline on conformance_job (deadline_real)'] },
  {
    id: 'conformance-3',
    statements: [
      'alter table conformance_job add column about text',
      'alter table conformance_job add column progress text',
      'alter table conformance_job add column cancel_asked integer not null default 0',
    ],
  },
];
