import { exchangeId } from './exchange-id.ts';
import type { ExchangeStart, SandboxKey } from './journal.ts';
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

/** An exchange that begins in that sandbox at a real time, which its clock shows, too. */
export const exchangeOf = (sandbox: SandboxKey, real: number, change: Partial<ExchangeStart> = {}): ExchangeStart => ({
  id: exchangeId(real),
  sandbox: sandbox.id,
  serial: sandbox.serial,
  kind: 'http',
  at: real,
  atReal: real,
  from: 'requester',
  to: 'provider',
  claimed: false,
  operation: 'readResource',
  summary: 'GET Patient/9000000009',
  request: { method: 'GET', url: '/FHIR/R4/Patient/9000000009', headers: { accept: 'application/fhir+json' } },
  ...change,
});
