import type { Ctx } from '../pattern.ts';
import { GONE, NOT_FOUND, problem } from '../problem.ts';
import type { Reader, Tx } from '../sql/port.ts';
import { withOrdinaryNumbers } from './json.ts';
import { indexResource, unindexResource } from './search/index-rows.ts';
import { spaceOfType } from './space-of-type.ts';
import { etagOf, type FhirResource, type StoredResource, type StoredRow, type StoredVersion, stamp } from './stored.ts';
import { requireVersion, type VersionDemand } from './version-demand.ts';
import type { WritingCtx } from './write-guard.ts';

/** How a version came about; the method of its history entry. */
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface ResourceRow {
  readonly rk: number;
  readonly version: number;
  readonly updated: number;
  readonly deleted: number;
  readonly body: string;
}

/** What the store holds under an id, deleted or not. */
export const find = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<StoredRow | undefined> => {
  const space = spaceOfType(ctx.store, type);
  const [row] = await reader.query<ResourceRow>(
    'select rk, version, updated, deleted, body from fhir_resource where space = $1 and id = $2',
    [space, id],
  );
  return row === undefined ? undefined : { type, id, space, ...row, deleted: row.deleted !== 0 };
};

const neverWas = (type: string, id: string) => problem(NOT_FOUND, `There is no ${type} with the id '${id}'`);

const wasDeleted = (type: string, id: string, version: number) =>
  problem(GONE, `${type}/${id} was deleted (version ${version})`, { headers: { etag: etagOf(version) } });

/** The current version; a deleted resource throws GONE, one that never was NOT_FOUND. FHIR R4 http.html#read */
export const read = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<StoredRow> => {
  const row = await find(ctx, reader, type, id);
  if (row === undefined) throw neverWas(type, id);
  if (row.deleted) throw wasDeleted(type, id, row.version);
  return row;
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
  const [row] = await reader.query<{ updated: number; body: string | null }>(
    'select updated, body from fhir_history where space = $1 and id = $2 and version = $3',
    [space, id, number],
  );
  if (row === undefined) throw problem(NOT_FOUND, `There is no version '${version}' of ${type}/${id}`);
  if (row.body === null) throw wasDeleted(type, id, number);
  return { type, id, version: number, updated: row.updated, body: row.body };
};

const remember = (tx: Tx, ctx: Ctx, seq: number, method: Method, made: StoredResource): Promise<unknown> =>
  tx.query(
    `insert into fhir_history (store, seq, space, id, version, updated, method, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [ctx.store, seq, made.space, made.id, made.version, made.updated, method, method === 'DELETE' ? null : made.body],
  );

const indexing = ({ fhirBases }: WritingCtx) => (fhirBases === undefined ? {} : { bases: fhirBases });

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
  const id = options.id ?? ctx.uuid();
  await ctx.beforeWrite?.(ctx, tx, { type, id, after: resource });
  const updated = ctx.now();
  const stamped = stamp(resource, id, 1, updated);
  const body = JSON.stringify(stamped);
  const rk = await ctx.next(tx);
  const made: StoredResource = { type, id, version: 1, updated, body, space, rk };
  await tx.query(
    `insert into fhir_resource (space, rk, id, version, updated, deleted, body) values ($1, $2, $3, $4, $5, 0, $6)`,
    [space, rk, id, 1, updated, body],
  );
  await remember(tx, ctx, rk, options.method ?? 'POST', made);
  await indexResource(tx, space, rk, withOrdinaryNumbers(stamped), indexing(ctx));
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
  const stamped = stamp(resource, row.id, version, updated);
  const body = JSON.stringify(stamped);
  const made: StoredResource = { ...row, version, updated, body };
  const seq = await ctx.next(tx);
  await tx.query(
    'update fhir_resource set version = $3, updated = $4, deleted = 0, body = $5 where space = $1 and rk = $2',
    [row.space, row.rk, version, updated, body],
  );
  await remember(tx, ctx, seq, method, made);
  if (!row.deleted) await unindexResource(tx, row.space, row.rk);
  await indexResource(tx, row.space, row.rk, withOrdinaryNumbers(stamped), indexing(ctx));
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
  await tx.query(
    `update fhir_resource set version = $3, updated = $4, deleted = 1, body = '' where space = $1 and rk = $2`,
    [row.space, row.rk, made.version, made.updated],
  );
  await remember(tx, ctx, seq, 'DELETE', made);
  await unindexResource(tx, row.space, row.rk);
  return made;
};
