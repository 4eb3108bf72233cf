import { createHash, randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { openSql } from './open.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database that tests keep their stores in; the embedded driver where none is provided (vitest.config.ts). */
    postgres?: string;
  }
}

/**
 * The URL of a store for a test: a new one, or for `file` the same one each time. The one place that decides on which driver
 * the tests run; on PostgreSQL each store is a schema of its own.
 */
export const testStore = async (file?: string): Promise<string> => {
  const database = inject('postgres');
  if (database === undefined) return file === undefined ? 'sqlite::memory:' : `sqlite:${file}`;
  const schema = `t_${createHash('sha256')
    .update(file ?? randomUUID())
    .digest('hex')
    .slice(0, 16)}`;
  const sql = await openSql(database, []);
  await sql.transaction((tx) => tx.query(`create schema if not exists ${schema}`));
  await sql.close();
  return `${database}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
};
