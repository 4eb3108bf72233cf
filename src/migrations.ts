import { coreMigrations } from '../sandbox/schema.ts';
import type { Migration } from '../sandbox/sql/port.ts';
import type { Catalogue } from './catalogue.ts';
import { conformanceMigrations } from './conformance/migrations.ts';
import { decisionMigrations } from './decisions/migrations.ts';
import { scaffoldMigrations } from './scaffold/records.ts';

/** The tables of the service and of every pattern that can be run; patterns share the kit's, so each id once. */
export const collectMigrations = async (
  catalogue: Pick<Catalogue, 'ids' | 'live' | 'app'>,
): Promise<readonly Migration[]> => {
  const apps = await Promise.all(catalogue.ids.filter((id) => catalogue.live(id)).map((id) => catalogue.app(id)));
  const all = [
    ...coreMigrations,
    ...decisionMigrations,
    ...conformanceMigrations,
    ...scaffoldMigrations,
    ...apps.flatMap(({ stores = [] }) => stores.flatMap(({ migrations }) => migrations)),
  ];
  return [...new Map(all.map((migration) => [migration.id, migration])).values()];
};
