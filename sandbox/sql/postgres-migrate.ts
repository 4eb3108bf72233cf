import { SqlError } from './error.ts';
import { type Applied, changesTo, fingerprintOf, MIGRATION_TABLE, planMigrations } from './migration-plan.ts';
import type { Migration } from './port.ts';
import type { Connection } from './postgres-connection.ts';
import { sqlState } from './postgres-errors.ts';

/** Whoever migrates the same schema; several may share a database by their `search_path`. */
const MIGRATING = '(1179665475, hashtext(current_schema()))';
/** Whoever has the schema in use; for as long as it has, it cannot be changed under its feet. */
const USING = '(1179665476, hashtext(current_schema()))';

/** Says that this node uses the schema, until the connection ends; waits for whoever changes it just now. */
export const noteUse = async (connection: Connection): Promise<void> => {
  await connection.control(`select pg_advisory_lock_shared${USING}`);
};

/** For one that is just ending. */
const ENDING = '1s';
const LOCK_NOT_AVAILABLE = '55P03';

/** An older node would go on with rows that it does not understand. What is taken here goes with the connection. */
const refuseBesideOlder = async (connection: Connection, { id }: Migration): Promise<void> => {
  await connection.control(`set lock_timeout = '${ENDING}'`);
  try {
    await connection.control(`select pg_advisory_lock${USING}`);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new SqlError(
      'misuse',
      `Nodes of an earlier version have the store in use (${id} has not run there): end all of them before this one starts`,
    );
  }
  await connection.control('set lock_timeout = 0');
};

/**
 * Migrations are written once, for both drivers; what differs is this. Text is compared byte by byte, as SQLite does, however
 * the database sorts: without it an order, or a prefix search, would depend on the server's locale. And SQLite's own way of
 * keeping a table in its primary key has no counterpart.
 */
export const adapt = (statement: string): string =>
  statement.replace(/\s+without\s+rowid\b/gi, '').replace(/\btext\b(?!\s+collate\b)/gi, 'text collate "C"');

/**
 * Brings the schema up to date. Any number of nodes may start at once: one migrates, the others wait and find it done; but none
 * changes what others have in use already, who are of an earlier version. Each migration is one transaction with the row that records it, so that one that fails leaves nothing behind.
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
    const plan = planMigrations(applied, migrations);
    const [change] = changesTo(applied, plan);
    if (change !== undefined) await refuseBesideOlder(connection, change);
    for (const migration of plan) await apply(connection, migration);
  } finally {
    // A lost connection has given the lock back by itself.
    await connection.control(`select pg_advisory_unlock${MIGRATING}`).catch(() => undefined);
  }
};

const apply = async (connection: Connection, migration: Migration): Promise<void> => {
  const { id, statements } = migration;
  await connection.control('begin');
  try {
    // In one journey: a store is made of more than a hundred of them.
    await connection.control(statements.map(adapt).join(';\n'));
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
