import { createHash } from 'node:crypto';
import { SqlError } from './error.ts';
import type { Migration } from './port.ts';

/** A row of the table `migration`. */
export interface Applied {
  readonly id: string;
  readonly fingerprint: string;
}

/** Where the drivers record what has run. */
export const MIGRATION_TABLE =
  'create table if not exists migration (id text primary key, fingerprint text not null, applied_real bigint not null)';

export const fingerprintOf = (migration: Migration): string =>
  createHash('sha256').update(migration.statements.join(';\n')).digest('hex');

/** `fhir-search-1` belongs to the set `fhir-search`. */
const setOf = (id: string): string => id.replace(/-\d+$/, '');

/**
 * What has still to run, in order. Migrations are only ever added: one that was edited after it had run is refused, and so
 * is a store that a newer version has brought further in a set that this one knows. Sets that it does not know are another
 * pattern's, and no business of its own.
 */
export const planMigrations = (applied: readonly Applied[], migrations: readonly Migration[]): readonly Migration[] => {
  const ids = new Set(migrations.map(({ id }) => id));
  if (ids.size !== migrations.length) throw new SqlError('misuse', 'Two migrations have the same id');
  const sets = new Set(migrations.map(({ id }) => setOf(id)));
  for (const { id } of applied) {
    if (ids.has(id) || !sets.has(setOf(id))) continue;
    throw new SqlError(
      'misuse',
      `The store has been brought up to date by a newer version (${id} has run there): start that version, or a new store`,
    );
  }
  const known = new Map(applied.map(({ id, fingerprint }) => [id, fingerprint]));
  return migrations.filter((migration) => {
    const before = known.get(migration.id);
    if (before === undefined) return true;
    if (before === fingerprintOf(migration)) return false;
    throw new SqlError(
      'misuse',
      `Migration ${migration.id} was edited after it had run here: add a new one, or start with a new store`,
    );
  });
};

/** Those of a plan that change what has been there: whoever began before knows the set, and not them. */
export const changesTo = (applied: readonly Applied[], plan: readonly Migration[]): readonly Migration[] => {
  const begun = new Set(applied.map(({ id }) => setOf(id)));
  return plan.filter(({ id }) => begun.has(setOf(id)));
};
