import { isDeepStrictEqual } from 'node:util';
import { find, read, remove, replace } from '../fhir/repository.ts';
import type { FhirResource, StoredResource, StoredRow } from '../fhir/stored.ts';
import { requireVersion, type VersionDemand } from '../fhir/version-demand.ts';
import type { WritingCtx } from '../fhir/write-guard.ts';
import { problem } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import type { Owns } from './ownership.ts';
import { IMMUTABLE_FIELD, NOT_OWNER } from './problems.ts';
import { freeName, POINTER, pointerOf, requireCustodian } from './register.ts';

const requireOwn = async (tx: Tx, row: StoredRow, owns: Owns): Promise<FhirResource> => {
  const pointer = pointerOf(row);
  const custodian = requireCustodian(pointer);
  if (await owns(tx, custodian)) return pointer;
  throw problem(NOT_OWNER, `${POINTER}/${row.id} belongs to ${custodian.value}, which alone may change or withdraw it`);
};

/** The first element that may not change and would; `date`, which the registry sets, may be left out. */
const changedField = (ctx: WritingCtx, before: FhirResource, after: FhirResource): string | undefined =>
  ctx.dialect.pointers?.immutable.find(
    (name) => !(name === 'date' && after.date === undefined) && !isDeepStrictEqual(before[name], after[name]),
  );

/** Changes a pointer that is there; the registry gives ids, so what is not there is not made. */
export const amend = async (
  ctx: WritingCtx,
  tx: Tx,
  id: string,
  pointer: FhirResource,
  owns: Owns,
  demand: VersionDemand = {},
): Promise<StoredResource> => {
  const row = await read(ctx, tx, POINTER, id);
  const before = await requireOwn(tx, row, owns);
  requireVersion(ctx.dialect, `${POINTER}/${id}`, row, demand);
  const field = changedField(ctx, before, pointer);
  if (field !== undefined)
    throw problem(IMMUTABLE_FIELD, `The field '${field}' is immutable and cannot be updated`, {
      at: `${POINTER}.${field}`,
    });
  return replace(ctx, tx, row, { ...pointer, date: before.date });
};

/** Takes a pointer out of the registry; undefined where there is none (any more). */
export const withdraw = async (
  ctx: WritingCtx,
  tx: Tx,
  id: string,
  owns: Owns,
  demand: VersionDemand = {},
): Promise<StoredResource | undefined> => {
  const row = await find(ctx, tx, POINTER, id);
  if (row === undefined || row.deleted) return undefined;
  await requireOwn(tx, row, owns);
  await freeName(ctx, tx, id);
  return remove(ctx, tx, POINTER, id, demand);
};
