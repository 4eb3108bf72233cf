import { spaceOf } from '../../space.ts';
import { openSql } from '../../sql/open.ts';
import type { Sql } from '../../sql/port.ts';
import { testStore } from '../../sql/store.test-data.ts';
import { typeIndex } from '../definitions/types.ts';
import { resourceMigrations } from '../tables.ts';
import type { IndexedStore } from './indexed-store.ts';
import { searchMigrations } from './migrations.ts';
import { parseSearch, runSearch, type SearchOptions, type SearchResult } from './query.ts';

export interface StockedResource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

/** For tests: a store on the embedded driver that resources can be put in and searched for, without the interactions. */
export interface StockedStore {
  readonly sql: Sql;
  readonly where: IndexedStore;
  /** Stores; the first search indexes. `rk` counts up from 1 in the order given. */
  put(...resources: readonly StockedResource[]): Promise<void>;
  search(type: string, query: string, options?: SearchOptions, small?: number): Promise<SearchResult>;
  /** `search`, as the ids of the matches. */
  ids(type: string, query: string, options?: SearchOptions): Promise<readonly string[]>;
}

export const STORE = 7;
export const OWN_BASE = 'https://me/FHIR/R4';

export const openStockedStore = async (url?: string): Promise<StockedStore> => {
  const sql = await openSql(url ?? (await testStore()), [...resourceMigrations, ...searchMigrations]);
  const where: IndexedStore = { store: STORE, sql, transaction: (body) => sql.transaction(body) };
  const counter = { rk: 0 };
  const search = (type: string, query: string, options?: SearchOptions, small?: number): Promise<SearchResult> =>
    runSearch(where, parseSearch(type, new URLSearchParams(query), options), small);
  return {
    sql,
    where,
    async put(...resources) {
      await sql.transaction(async (tx) => {
        for (const resource of resources) {
          counter.rk += 1;
          const space = spaceOf(STORE, typeIndex(resource.resourceType) ?? -1);
          await tx.query(
            `insert into fhir_resource (space, rk, id, version, updated, deleted, body, seq, bases)
             values ($1, $2, $3, 1, 0, 0, $4, $2, $5)`,
            [space, counter.rk, resource.id, JSON.stringify(resource), OWN_BASE],
          );
        }
      });
    },
    search,
    ids: async (type, query, options) => (await search(type, query, options)).matches.map(({ id }) => id),
  };
};
