import { spacesOf } from '../space.ts';
import type { Migration, Reader, Tx } from '../sql/port.ts';

/**
 * Where resources live: the current version of each in `fhir_resource`, those before it in `fhir_history`, so that a
 * creation writes one row (versions.ts). `rk` is given at creation from the sandbox's own sequence and never changes;
 * `seq` is the version's own number in it, so a client can page by it (rules 1). `body` is the text that is served, byte
 * for byte. `deleted` is 0 or 1; a deleted resource keeps its row, so that its versions go on from where they were (FHIR
 * R4 http.html#delete), and the row is then the entry for the deletion. `bases` are the URLs of the endpoint where the
 * body names one, for the index. Times are milliseconds on the sandbox clock.
 */
export const resourceMigrations: readonly Migration[] = [
  {
    id: 'fhir-1',
    statements: [
      `create table fhir_resource (
        space bigint not null, rk bigint not null, id text not null, version bigint not null,
        updated bigint not null, deleted bigint not null, body text not null,
        primary key (space, rk))`,
      'create unique index fhir_resource_id on fhir_resource (space, id)',
      `create table fhir_history (
        store bigint not null, seq bigint not null, space bigint not null, id text not null, version bigint not null,
        updated bigint not null, method text not null, body text,
        primary key (store, seq))`,
      'create unique index fhir_history_version on fhir_history (space, id, version)',
      'create index fhir_history_space on fhir_history (space, seq)',
    ],
  },
  {
    id: 'fhir-3',
    statements: [
      'alter table fhir_resource add column seq bigint not null default 0',
      `alter table fhir_resource add column method text not null default 'POST'`,
      'alter table fhir_resource add column bases text',
      `update fhir_resource set
         seq = coalesce((select h.seq from fhir_history h where h.space = fhir_resource.space
           and h.id = fhir_resource.id and h.version = fhir_resource.version), rk),
         method = coalesce((select h.method from fhir_history h where h.space = fhir_resource.space
           and h.id = fhir_resource.id and h.version = fhir_resource.version), 'POST')`,
      `delete from fhir_history where exists (select 1 from fhir_resource r where r.space = fhir_history.space
         and r.id = fhir_history.id and r.version = fhir_history.version)`,
      'create index fhir_resource_seq on fhir_resource (space, seq)',
    ],
  },
];

/** The spaces of a store that hold, or held, anything: by one step in the index for each. */
export const spacesInUse = async (reader: Reader, store: number): Promise<readonly number[]> => {
  const rows = await reader.query<{ space: number | null }>(
    `with recursive found (space) as (
       select min(space) from fhir_resource where space >= $1 and space < $2
       union all
       select (select min(r.space) from fhir_resource r where r.space > found.space and r.space < $2)
       from found where found.space is not null)
     select space from found where space is not null`,
    [...spacesOf(store)],
  );
  return rows.flatMap(({ space }) => (space === null ? [] : [space]));
};

const shift = (from: number, to: number): number => spacesOf(to)[0] - spacesOf(from)[0];

/** Copies the resources and their history of one store to another, empty one. */
export const copyResources = async (tx: Tx, from: number, to: number): Promise<void> => {
  const [first, below] = spacesOf(from);
  await tx.query(
    `insert into fhir_resource (space, rk, id, version, updated, deleted, body, seq, method, bases)
     select space + $3, rk, id, version, updated, deleted, body, seq, method, bases from fhir_resource where space >= $1 and space < $2`,
    [first, below, shift(from, to)],
  );
  await tx.query(
    `insert into fhir_history (store, seq, space, id, version, updated, method, body)
     select $2, seq, space + $3, id, version, updated, method, body from fhir_history where store = $1`,
    [from, to, shift(from, to)],
  );
};

/** Deletes at most `limit` rows of a store; 0 when nothing is left. */
export const sweepResources = async (tx: Tx, store: number, limit: number): Promise<number> => {
  const history = await tx.query(
    `delete from fhir_history where store = $1 and seq in
       (select seq from fhir_history where store = $1 order by seq limit $2) returning seq`,
    [store, limit],
  );
  if (history.length >= limit) return history.length;
  const [first, below] = spacesOf(store);
  const spaces = await tx.query<{ space: number }>(
    'select space from fhir_resource where space >= $1 and space < $2 order by space limit 1',
    [first, below],
  );
  const space = spaces[0]?.space;
  if (space === undefined) return history.length;
  const resources = await tx.query(
    `delete from fhir_resource where space = $1 and rk in
       (select rk from fhir_resource where space = $1 order by rk limit $2) returning rk`,
    [space, limit - history.length],
  );
  return history.length + resources.length;
};
