import { SqlError } from './error.ts';
import { type Applied, fingerprintOf, MIGRATION_TABLE, planMigrations } from './migration-plan.ts';
import type { Migration } from './port.ts';
import type { Connection } from './postgres-connection.ts';

/** Whoever migrates the same schema; several may share a database by their `search_path`. */
const MIGRATING = '(1179665475, hashtext(current_schema()))';

/**
 * Migrations are written once, for both drivers; what differs is this. Text is compared byte by byte, as SQLite does, however
 * the database sorts: without it an order, or a prefix search, would depend on the server's locale. And SQLite's own way of
 * keeping a table in its primary key has no counterpart.
 */
export const adapt = (statement: string): string =>
  statement.replace(/\s+without\s+rowid\b/gi, '').replace(/\btext\b(?!\s+collate\b)/gi, 'text collate "C"');

/**
 * Brings the schema up to date. Any number of nodes may start at once: one migrates, the others wait and find it done. Each
 * migration is one transaction with the row that records it, so that one that fails leaves nothing behind.
 */
export const migrate = async (connection: Connection, migrations: readonly Migration[]): Promise<void> => {
  const [server] = await connection.run<{ encoding: string }>(
    "select current_setting('server_encoding') as encoding",
    [],
  ).rows;
  if (server?.encoding !== 'UTF8')
    throw new SqlError('misuse', `The database keeps text as ${server?.encoding}: create one with encoding UTF8`);
  await connection.control(`select pg_advisory_lock${MIGRATING}`);
  try {
    await connection.control(adapt(MIGRATION_TABLE));
    const applied = await connection.run<Applied>('select id, fingerprint from migration', []).rows;
    for (const migration of planMigrations(applied, migrations)) await apply(connection, migration);
  } finally {
    // A lost connection has given the lock back by itself.
    await connection.control(`select pg_advisory_unlock${MIGRATING}`).catch(() => undefined);
  }
};

const apply = async (connection: Connection, migration: Migration): Promise<void> => {
  const { id, statements } = migration;
  await connection.control('begin');
  try {
    for (const statement of statements) await connection.control(adapt(statement));
    await connection.run('insert into migration (id, fingerprint, applied_real) values ($1, $2, $3)', [
      id,
      fingerprintOf(migration),
      Date.now(),
    ]).rows;
    await connection.control('commit');
  } catch (error) {
    await connection.control('rollback').catch(() => undefined);
    throw new SqlError('failed', `Migration ${id} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};
