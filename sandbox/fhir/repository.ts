import type { Ctx } from '../pattern.ts';
import { GONE, NOT_FOUND, problem } from '../problem.ts';
import type { Reader, Tx } from '../sql/port.ts';
import { orderedUuid } from './ordered-uuid.ts';
import { catchUpAfterCreation } from './search/catch-up.ts';
import { spaceOfType } from './space-of-type.ts';
import { etagOf, type FhirResource, type StoredResource, type StoredRow, type StoredVersion, stamp } from './stored.ts';
import { requireVersion, type VersionDemand } from './version-demand.ts';
import { keepVersion, type Method, storedVersion } from './versions.ts';
import type { WritingCtx } from './write-guard.ts';

interface ResourceRow {
  readonly rk: number;
  readonly version: number;
  readonly updated: number;
  readonly deleted: number;
  readonly body: string;
}

const FIND = 'select rk, version, updated, deleted, body from fhir_resource where space = $1 and id = $2';

const found = (type: string, id: string, space: number, row: ResourceRow | undefined): StoredRow | undefined =>
  row === undefined ? undefined : { type, id, space, ...row, deleted: row.deleted !== 0 };

/** What the store holds under an id, deleted or not. */
export const find = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<StoredRow | undefined> => {
  const space = spaceOfType(ctx.store, type);
  const [row] = await reader.query<ResourceRow>(FIND, [space, id]);
  return found(type, id, space, row);
};

const neverWas = (type: string, id: string) => problem(NOT_FOUND, `There is no ${type} with the id '${id}'`);

const wasDeleted = (type: string, id: string, version: number) =>
  problem(GONE, `${type}/${id} was deleted (version ${version})`, { headers: { etag: etagOf(version) } });

const requireThere = (type: string, id: string, row: StoredRow | undefined): StoredRow => {
  if (row === undefined) throw neverWas(type, id);
  if (row.deleted) throw wasDeleted(type, id, row.version);
  return row;
};

/** The current version; a deleted resource throws GONE, one that never was NOT_FOUND. FHIR R4 http.html#read */
export const read = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<StoredRow> =>
  requireThere(type, id, await find(ctx, reader, type, id));

/** The same outside any transaction, and at once where the store has it at hand. */
export const readSoon = (ctx: Ctx, type: string, id: string): StoredRow | Promise<StoredRow> => {
  const { sql, store } = ctx;
  if (sql.atOnce === undefined) return read(ctx, sql, type, id);
  const space = spaceOfType(store, type);
  const [row] = sql.atOnce<ResourceRow>(FIND, [space, id]);
  return requireThere(type, id, found(type, id, space, row));
};

/** One version. FHIR R4 http.html#vread */
export const vread = async (
  ctx: Ctx,
  reader: Reader,
  type: string,
  id: string,
  version: string,
): Promise<StoredVersion> => {
  const space = spaceOfType(ctx.store, type);
  const number = /^[1-9][0-9]{0,14}$/.test(version) ? Number(version) : 0;
  const row = await storedVersion(reader, space, id, number);
  if (row === undefined) throw problem(NOT_FOUND, `There is no version '${version}' of ${type}/${id}`);
  if (row.body === '') throw wasDeleted(type, id, number);
  return { type, id, version: number, updated: row.updated, body: row.body };
};

/** The endpoint's URLs where the body names one: references below them are indexed as relative ones, whenever that is. */
const basesIn = (body: string, { fhirBases = [] }: WritingCtx): string | null =>
  fhirBases.some((base) => body.includes(base)) ? fhirBases.join(' ') : null;

/**
 * Stores a new resource under an id that is free: the caller has validated it, and either made the id up or looked.
 * The id is a new UUID unless told.
 */
export const create = async (
  ctx: WritingCtx,
  tx: Tx,
  resource: FhirResource,
  options: { readonly id?: string; readonly method?: Method } = {},
): Promise<StoredResource> => {
  const type = resource.resourceType;
  const space = spaceOfType(ctx.store, type);
  const updated = ctx.now();
  const id = options.id ?? orderedUuid(updated);
  await ctx.beforeWrite?.(ctx, tx, { type, id, after: resource });
  const body = JSON.stringify(stamp(resource, id, 1, updated));
  const rk = await ctx.next(tx);
  await tx.query(
    `insert into fhir_resource (space, rk, id, version, updated, deleted, body, seq, method, bases)
     values ($1, $2, $3, 1, $4, 0, $5, $2, $6, $7)`,
    [space, rk, id, updated, body, options.method ?? 'POST', basesIn(body, ctx)],
  );
  await catchUpAfterCreation(ctx.sql, tx, space);
  const made = { type, id, version: 1, updated, body, space, rk };
  await ctx.afterWrite?.(ctx, tx, { type, id, after: made });
  return made;
};

/** Stores a further version over the row that the same transaction found. */
export const replace = async (
  ctx: WritingCtx,
  tx: Tx,
  row: StoredRow,
  resource: FhirResource,
  method: Method = 'PUT',
): Promise<StoredResource> => {
  const { type, id } = row;
  await ctx.beforeWrite?.(ctx, tx, { type, id, ...(row.deleted ? {} : { before: row }), after: resource });
  const version = row.version + 1;
  const updated = ctx.now();
  const body = JSON.stringify(stamp(resource, row.id, version, updated));
  const seq = await ctx.next(tx);
  await keepVersion(tx, ctx.store, row);
  await tx.query(
    `update fhir_resource set version = $3, updated = $4, deleted = 0, body = $5, seq = $6, method = $7, bases = $8
     where space = $1 and rk = $2`,
    [row.space, row.rk, version, updated, body, seq, method, basesIn(body, ctx)],
  );
  const made = { ...row, version, updated, body };
  await ctx.afterWrite?.(ctx, tx, { type, id, ...(row.deleted ? {} : { before: row }), after: made });
  return made;
};

/** Update by id, which creates where there is none and brings back what was deleted. FHIR R4 http.html#update */
export const update = async (
  ctx: WritingCtx,
  tx: Tx,
  id: string,
  resource: FhirResource,
  demand: VersionDemand = {},
): Promise<{ readonly stored: StoredResource; readonly created: boolean }> => {
  const row = await find(ctx, tx, resource.resourceType, id);
  requireVersion(ctx.dialect, `${resource.resourceType}/${id}`, row, demand);
  if (row === undefined) return { stored: await create(ctx, tx, resource, { id, method: 'PUT' }), created: true };
  return { stored: await replace(ctx, tx, row, resource), created: row.deleted };
};

/** Deletes; undefined where there was nothing (any more) to delete. FHIR R4 http.html#delete */
export const remove = async (
  ctx: WritingCtx,
  tx: Tx,
  type: string,
  id: string,
  demand: VersionDemand = {},
): Promise<StoredResource | undefined> => {
  const row = await find(ctx, tx, type, id);
  if (demand.ifMatch !== undefined) requireVersion(ctx.dialect, `${type}/${id}`, row, demand);
  if (row === undefined || row.deleted) return undefined;
  await ctx.beforeWrite?.(ctx, tx, { type, id, before: row });
  const made: StoredResource = { ...row, version: row.version + 1, updated: ctx.now(), body: '' };
  const seq = await ctx.next(tx);
  await keepVersion(tx, ctx.store, row);
  await tx.query(
    `update fhir_resource set version = $3, updated = $4, deleted = 1, body = '', seq = $5, method = 'DELETE', bases = null
     where space = $1 and rk = $2`,
    [row.space, row.rk, made.version, made.updated, seq],
  );
  await ctx.afterWrite?.(ctx, tx, { type, id, before: row });
  return made;
};
