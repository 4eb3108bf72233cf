import { coreMigrations } from './schema.ts';
import { openSql } from './sql/open.ts';
import type { Sql } from './sql/port.ts';

/** A store with the core tables and one sandbox row, for tests of what works on that row. */
export const openWithSandbox = async (url: string, id: string, serial: number, real: number): Promise<Sql> => {
  const sql = await openSql(url, coreMigrations);
  await sql.transaction((tx) =>
    tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed)
       values ($1, 'a-pattern', 'fhir-r4', 'none', 1, 1, $2, $3, $3, 0, $3, $3, 1) on conflict do nothing`,
      [id, serial, real],
    ),
  );
  return sql;
};
