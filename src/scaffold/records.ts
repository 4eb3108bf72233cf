import type { Migration, Sql } from '../../sandbox/sql/port.ts';

/** Which projects were made from which decision: the same project from the same decision is one. */
export const scaffoldMigrations: readonly Migration[] = [
  {
    id: 'scaffold-1',
    statements: [
      `create table scaffold (decision text not null, id text not null, made_real bigint not null,
         primary key (decision, id)) without rowid`,
    ],
  },
];

/** `id` tells the project apart from others of the decision. */
export const recordScaffold = (sql: Sql, decision: string, id: string, now: number): Promise<void> =>
  sql.transaction(async (tx) => {
    await tx.query(
      'insert into scaffold (decision, id, made_real) values ($1, $2, $3) on conflict (decision, id) do nothing',
      [decision, id, now],
    );
  });

/** The projects made from each of these decisions, oldest first. */
export const scaffoldsOfDecisions = async (
  sql: Sql,
  decisions: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const made = new Map<string, string[]>();
  if (decisions.length === 0) return made;
  const named = decisions.map((_, index) => `$${index + 1}`).join(', ');
  const rows = await sql.query<{ decision: string; id: string }>(
    `select decision, id from scaffold where decision in (${named}) order by made_real, id limit 1000`,
    [...decisions],
  );
  for (const { decision, id } of rows) made.set(decision, [...(made.get(decision) ?? []), id]);
  return made;
};
