import { spacesOf } from '../../space.ts';
import type { Migration, Tx } from '../../sql/port.ts';
import { spacesInUse } from '../tables.ts';
import { catchUp } from './catch-up.ts';
import { type IndexedStore, within } from './indexed-store.ts';

/**
 * One narrow table per kind of value, keyed in the order a search reads it, so that equality comes out by `rk` and a page
 * is a stretch of the key (rules 6). `(space, rk, …)` serves removal, and tests of one resource against a second condition.
 * Tokens and URIs share a table, numbers and quantities another: their rows have the same columns. `param` is the code's
 * place among those of the standard (definitions), IDENTIFIER_OF past it for the identifiers of logical references.
 */
const TABLES: readonly string[] = [
  `create table search_token (
        space bigint not null, param bigint not null, code text collate "C" not null, rk bigint not null, system text not null,
        primary key (space, param, code, rk, system)) without rowid`,
  'create index search_token_rk on search_token (space, rk, param, code, system)',
  `create table search_string (
        space bigint not null, param bigint not null, norm text collate "C" not null, rk bigint not null, exact text not null,
        primary key (space, param, norm, rk, exact)) without rowid`,
  'create index search_string_rk on search_string (space, rk, param, norm)',
  `create table search_date (
        space bigint not null, param bigint not null, lo bigint not null, hi bigint not null, rk bigint not null,
        primary key (space, param, lo, hi, rk)) without rowid`,
  'create index search_date_hi on search_date (space, param, hi, lo, rk)',
  'create index search_date_rk on search_date (space, rk, param, lo, hi)',
  `create table search_reference (
        space bigint not null, param bigint not null, target text collate "C" not null, rk bigint not null,
        primary key (space, param, target, rk)) without rowid`,
  'create index search_reference_rk on search_reference (space, rk, param, target)',
  `create table search_quantity (
        space bigint not null, param bigint not null, lo double precision not null, hi double precision not null,
        rk bigint not null, system text not null, code text not null, unit text not null,
        primary key (space, param, lo, hi, rk, system, code, unit)) without rowid`,
  'create index search_quantity_rk on search_quantity (space, rk, param, lo, hi)',
];

/** How far the index of each space has come: index-next.ts. */
const PROGRESS = `create table search_progress (space bigint not null primary key, upto bigint not null) without rowid`;

const INDEXES = ['search_token', 'search_string', 'search_date', 'search_reference', 'search_quantity'];

/** Spaces whose index knows of changes that the store has lost. */
const AHEAD = `select p.space from search_progress p
  where p.upto > coalesce((select max(r.seq) from fhir_resource r where r.space = p.space), -1)`;

export const searchMigrations: readonly Migration[] = [
  { id: 'fhir-search-1', statements: TABLES, beside: { statements: TABLES } },
  {
    id: 'fhir-search-2',
    statements: [
      PROGRESS,
      'insert into search_progress (space, upto) select space, max(rk) from fhir_resource group by space',
    ],
    beside: {
      statements: [PROGRESS],
      mend: [...INDEXES, 'search_progress'].map((table) => `delete from ${table} where space in (${AHEAD})`),
    },
  },
  {
    // Progress was counted by `rk`: what had no index has it from the first of them on.
    id: 'fhir-search-3',
    statements: [
      `update search_progress set upto = coalesce(
         (select min(r.seq) - 1 from fhir_resource r where r.space = search_progress.space and r.rk > search_progress.upto),
         (select max(r.seq) from fhir_resource r where r.space = search_progress.space), upto)`,
    ],
    beside: { statements: [] },
  },
];

const COLUMNS: Readonly<Record<string, string>> = {
  search_token: 'param, code, rk, system',
  search_string: 'param, norm, rk, exact',
  search_date: 'param, lo, hi, rk',
  search_reference: 'param, target, rk',
  search_quantity: 'param, lo, hi, rk, system, code, unit',
};

/** Brings the whole index of a store up to what is stored now. */
export const completeSearch = async (where: IndexedStore): Promise<void> =>
  catchUp(where, await spacesInUse(where.sql, where.store));

/** Copies the index of one store to another, empty one: whole, so that the copy begins with nothing to catch up. */
export const copySearch = async (tx: Tx, from: number, to: number): Promise<void> => {
  const [first, below] = spacesOf(from);
  await completeSearch(within(tx, from));
  await tx.query(
    `insert into search_progress (space, upto) select space + $3, upto from search_progress
     where space >= $1 and space < $2`,
    [first, below, spacesOf(to)[0] - first],
  );
  for (const [table, columns] of Object.entries(COLUMNS)) {
    await tx.query(
      `insert into ${table} (space, ${columns}) select space + $3, ${columns} from ${table}
       where space >= $1 and space < $2`,
      [first, below, spacesOf(to)[0] - first],
    );
  }
};

/** Deletes the index rows of about `limit` rows' worth of resources of a store; 0 when nothing is left. */
export const sweepSearch = async (tx: Tx, store: number, limit: number): Promise<number> => {
  const [first, below] = spacesOf(store);
  for (const table of Object.keys(COLUMNS)) {
    // The last of the next `limit` rows in key order bounds what goes.
    const bounds = await tx.query<{ space: number; rk: number }>(
      `select space, rk from ${table} where space >= $1 and space < $2 order by space, rk limit $3`,
      [first, below, limit],
    );
    const start = bounds[0];
    if (start === undefined) continue;
    const last = bounds.findLast((row) => row.space === start.space);
    const gone = await tx.query(`delete from ${table} where space = $1 and rk <= $2 returning rk`, [
      start.space,
      last?.rk ?? start.rk,
    ]);
    return gone.length;
  }
  const progress = await tx.query('delete from search_progress where space >= $1 and space < $2 returning space', [
    first,
    below,
  ]);
  return progress.length;
};
