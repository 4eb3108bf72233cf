import { createHash, randomUUID } from 'node:crypto';
import { expect, inject } from 'vitest';
import { openSql } from './open.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database that tests keep their stores in; the embedded driver where none is provided (vitest.config.ts). */
    postgres?: string;
  }
}

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * The URL of a store for a test: a new one, or for `file` the same one each time. The one place that decides on which driver
 * the tests run; on PostgreSQL each store is a schema of its own.
 */
export const testStore = async (file?: string): Promise<string> => {
  const database = inject('postgres');
  if (database === undefined) return file === undefined ? 'sqlite::memory:' : `sqlite:${file}`;
  const schema = `t_${digest(expect.getState().testPath ?? '', 8)}_${digest(file ?? randomUUID(), 16)}`;
  const sql = await openSql(database, []);
  await sql.transaction((tx) => tx.query(`create schema if not exists ${schema}`));
  await sql.close();
  return `${database}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
};
