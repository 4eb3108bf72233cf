import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Change } from './merging.ts';

/** What a contributor has in front of it: a record as it was read, and a change that was not taken yet. */
export interface Seen {
  readonly version: string;
  readonly record: FhirResource;
  readonly change?: Change;
  readonly at: number;
}

interface Row {
  readonly version: string;
  readonly body: string;
  readonly change: string;
  readonly at: number;
}

export const recall = async (ctx: Ctx, name: string): Promise<Seen | undefined> => {
  const [row] = await ctx.sql.query<Row>(
    'select version, body, change, at from shr_seen where store = $1 and record = $2',
    [ctx.store, name],
  );
  if (row === undefined) return undefined;
  const record: unknown = JSON.parse(row.body);
  if (!isResource(record)) return undefined;
  const change = row.change === '' ? {} : { change: JSON.parse(row.change) };
  return { version: row.version, record, at: row.at, ...change };
};

export const remember = (ctx: Ctx, name: string, seen: Omit<Seen, 'at'>): Promise<unknown> =>
  ctx.transaction((tx) =>
    tx.query(
      `insert into shr_seen (store, record, version, body, change, at) values ($1, $2, $3, $4, $5, $6)
       on conflict (store, record) do update set version = $3, body = $4, change = $5, at = $6 returning record`,
      [
        ctx.store,
        name,
        seen.version,
        JSON.stringify(seen.record),
        seen.change === undefined ? '' : JSON.stringify(seen.change),
        ctx.now(),
      ],
    ),
  );

/** A working copy is not kept beyond need (SHR-12): once a change was taken, what was read is stale anyway. */
export const forget = (ctx: Ctx, name: string): Promise<unknown> =>
  ctx.transaction((tx) =>
    tx.query('delete from shr_seen where store = $1 and record = $2 returning record', [ctx.store, name]),
  );
