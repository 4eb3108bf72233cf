import type { DatabaseSync } from 'node:sqlite';
import { SqlError } from './error.ts';
import { type Applied, fingerprintOf, MIGRATION_TABLE, planMigrations } from './migration-plan.ts';
import type { Migration } from './port.ts';

/** The collation that PostgreSQL needs named is SQLite's own default, and its byte strings are blobs. */
const adapt = (statement: string): string => statement.replace(/\s+collate\s+"C"/gi, '').replace(/\bbytea\b/gi, 'blob');

/** Runs what has not run yet, each in one transaction with the row that records it. */
export const migrate = (db: DatabaseSync, migrations: readonly Migration[]): void => {
  db.exec(MIGRATION_TABLE);
  const recorded = db.prepare('select id, fingerprint from migration');
  const applied = (): Applied[] =>
    recorded.all().map(({ id, fingerprint }) => ({ id: String(id), fingerprint: String(fingerprint) }));
  const record = db.prepare('insert into migration (id, fingerprint, applied_real) values (?, ?, ?)');
  for (const migration of planMigrations(applied(), migrations)) {
    db.exec('begin immediate');
    try {
      // Asked again inside: another process may have been first.
      const [mine] = planMigrations(applied(), migrations);
      if (mine?.id === migration.id) {
        for (const statement of migration.statements) db.exec(adapt(statement));
        record.run(migration.id, fingerprintOf(migration), Date.now());
      }
      db.exec('commit');
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      if (error instanceof SqlError) throw error;
      throw new SqlError('failed', `Migration ${migration.id} failed: ${String(error)}`, { cause: error });
    }
  }
};
