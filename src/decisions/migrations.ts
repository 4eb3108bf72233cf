import type { Migration } from '../../sandbox/sql/port.ts';

/**
 * `seq` is taken from the row `decision` of the core table `counter` in the same transaction, so that pages miss nothing
 * (rules 1). `body` is the DecisionBody as JSON and is written once; only `superseded_by` is ever set, once.
 */
export const decisionMigrations: readonly Migration[] = [
  {
    id: 'decisions-1',
    statements: [
      `create table decision (
        id text primary key, seq bigint not null, solution text, recorded_real bigint not null,
        superseded_by text, body text not null)`,
      'create unique index decision_seq on decision (seq)',
      'create index decision_solution on decision (solution, seq)',
    ],
  },
];
