import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { SqlError } from './error.ts';
import type { Migration } from './port.ts';

/** The collation that PostgreSQL needs named is SQLite's own default, and its byte strings are blobs. */
const adapt = (statement: string): string => statement.replace(/\s+collate\s+"C"/gi, '').replace(/\bbytea\b/gi, 'blob');

const fingerprint = (migration: Migration): string =>
  createHash('sha256').update(migration.statements.join(';\n')).digest('hex');

/** Runs what has not run yet, each in one transaction with the row that records it. */
export const migrate = (db: DatabaseSync, migrations: readonly Migration[]): void => {
  const ids = new Set(migrations.map((migration) => migration.id));
  if (ids.size !== migrations.length) throw new SqlError('misuse', 'Two migrations have the same id');
  db.exec(
    'create table if not exists migration (id text primary key, fingerprint text not null, applied_real bigint not null)',
  );
  const known = db.prepare('select fingerprint from migration where id = ?');
  const record = db.prepare('insert into migration (id, fingerprint, applied_real) values (?, ?, ?)');
  for (const migration of migrations) {
    db.exec('begin immediate');
    try {
      const before = known.get(migration.id);
      if (before === undefined) {
        for (const statement of migration.statements) db.exec(adapt(statement));
        record.run(migration.id, fingerprint(migration), Date.now());
      } else if (before.fingerprint !== fingerprint(migration)) {
        throw new SqlError(
          'misuse',
          `Migration ${migration.id} was edited after it had run here: add a new one, or start with a new store`,
        );
      }
      db.exec('commit');
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      if (error instanceof SqlError) throw error;
      throw new SqlError('failed', `Migration ${migration.id} failed: ${String(error)}`, { cause: error });
    }
  }
};
