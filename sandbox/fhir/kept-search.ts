import type { Ctx } from '../pattern.ts';
import { INVALID_PARAMETER, problem } from '../problem.ts';
import type { Migration, Reader, Tx } from '../sql/port.ts';

/** Names the row in the `next` link of a search by POST. */
export const PAGE_PARAMETER = '_page';

/**
 * What is left of a search by POST, whose parameters are not to stand in a URL (http.html#search, NRL's consumer
 * contract): `next` is a GET, so it names a row instead. A row is one further page; it goes when the store does.
 */
export const keptSearchMigrations: readonly Migration[] = [
  {
    id: 'fhir-2',
    statements: [
      `create table fhir_kept_search (
        store bigint not null, id text not null, query text not null,
        primary key (store, id)) without rowid`,
    ],
  },
];

/** Keeps the query string of a next page; returns what names it. */
export const keepSearch = async (ctx: Ctx, query: string): Promise<string> => {
  const id = ctx.uuid();
  await ctx.transaction((tx) =>
    tx.query('insert into fhir_kept_search (store, id, query) values ($1, $2, $3)', [ctx.store, id, query]),
  );
  return id;
};

export const readKeptSearch = async (ctx: Ctx, reader: Reader, id: string): Promise<URLSearchParams> => {
  const [row] = await reader.query<{ query: string }>(
    'select query from fhir_kept_search where store = $1 and id = $2',
    [ctx.store, id.slice(0, 64)],
  );
  if (row === undefined)
    throw problem(INVALID_PARAMETER, `${PAGE_PARAMETER} is none that a search here gave out`, { at: PAGE_PARAMETER });
  return new URLSearchParams(row.query);
};

export const sweepKeptSearches = async (tx: Tx, store: number, limit: number): Promise<number> => {
  const gone = await tx.query(
    `delete from fhir_kept_search where store = $1 and id in
       (select id from fhir_kept_search where store = $1 order by id limit $2) returning id`,
    [store, limit],
  );
  return gone.length;
};
