import { requireSameIdentifiers } from '../fhir/business-identifiers.ts';
import { permitted } from '../fhir/permission.ts';
import { create, find, remove, replace, vread } from '../fhir/repository.ts';
import type { FhirResource, StoredResource, StoredRow } from '../fhir/stored.ts';
import type { Interaction, WritingCtx } from '../fhir/write-guard.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { FORBIDDEN, PRECONDITION_MISSING, problem, VERSION_CONFLICT } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import { keepPatient } from './imms-patients.ts';
import { ID_MISMATCH, IMMUNIZATION_INVALID, VERSION_INVALID } from './imms-problems.ts';
import { nhsNumberOf, noSuchRecord, parseBody, recordOf, requireId, requireValid, said } from './imms-record.ts';
import { vaccineTypeOf } from './imms-vaccines.ts';

const AT = 'E-Tag';

/** Permission is for a supplier, a vaccine and an operation; for a change of the vaccine it takes both. */
export const requireVaccines = async (
  ctx: WritingCtx,
  interaction: Interaction,
  ...records: readonly FhirResource[]
): Promise<void> => {
  const kinds = [...new Set(records.map((record) => vaccineTypeOf(record) ?? '*'))];
  const allowed = await permitted(ctx, [interaction], kinds);
  if (allowed.length < kinds.length) throw problem(FORBIDDEN, 'Unauthorized request for vaccine type');
};

/** The number that a read gave. */
const versionIn = ({ headers }: Call): number => {
  const given = headers['e-tag'];
  if (given === undefined)
    throw problem(
      PRECONDITION_MISSING,
      'Validation errors: Immunization resource version not specified in the request headers',
      { at: AT },
    );
  if (!/^\d{1,15}$/.test(given) || Number(given) < 1)
    throw problem(
      VERSION_INVALID,
      `Validation errors: Immunization resource version:${given.slice(0, 60)} in the request headers is invalid.`,
      { at: AT },
    );
  return Number(given);
};

const requireCurrent = (row: StoredRow, version: number): void => {
  if (row.version === version) return;
  const why =
    row.version > version
      ? 'has changed since the last retrieve.'
      : 'version is inconsistent with the existing version.';
  throw problem(VERSION_CONFLICT, `Validation errors: The requested immunization resource ${row.id} ${why}`, {
    at: AT,
  });
};

/** What a record says, or said before it was deleted. */
const lastOf = async (ctx: Ctx, tx: Tx, row: StoredRow): Promise<FhirResource> =>
  recordOf(row.deleted ? await vread(ctx, tx, row.type, row.id, String(row.version - 1)) : row);

const versionOf = ({ version }: StoredResource) => ({ 'e-tag': String(version) });

/** `POST /Immunization` */
export const createImmunization = async (call: Call, ctx: WritingCtx): Promise<Reply> => {
  const record = parseBody(call);
  if (record.id !== undefined)
    throw problem(IMMUNIZATION_INVALID, 'id field must not be present for CREATE operation', { at: 'Immunization.id' });
  requireValid(ctx, record);
  await requireVaccines(ctx, 'create', record);
  const made = await ctx.transaction(async (tx) => {
    const stored = await create(ctx, tx, record, { id: ctx.uuid() });
    await keepPatient(ctx, tx, stored.id, { after: nhsNumberOf(record) });
    return stored;
  });
  return said(ctx, call, {
    headers: { location: `${call.base}/FHIR/R4/Immunization/${made.id}`, ...versionOf(made) },
  });
};

/** `PUT /Immunization/{id}`, which also brings back what was deleted, whatever version it names. */
export const updateImmunization = async (call: Call, ctx: WritingCtx): Promise<Reply> => {
  const id = requireId(ctx, call);
  const version = versionIn(call);
  const record = parseBody(call);
  if (record.id !== id)
    throw problem(
      ID_MISMATCH,
      `Validation errors: The provided immunization id:${id} doesn't match with the content of the request body`,
      { at: 'Immunization.id' },
    );
  requireValid(ctx, record);
  const change = async (tx: Tx): Promise<StoredResource> => {
    const row = await find(ctx, tx, 'Immunization', id);
    if (row === undefined) throw noSuchRecord(id);
    const before = await lastOf(ctx, tx, row);
    await requireVaccines(ctx, 'update', before, record);
    requireSameIdentifiers(before, record);
    if (!row.deleted) requireCurrent(row, version);
    await keepPatient(ctx, tx, id, { before: nhsNumberOf(before), after: nhsNumberOf(record) });
    return replace(ctx, tx, row, record);
  };
  return said(ctx, call, { headers: versionOf(await ctx.transaction(change)) });
};

/** `DELETE /Immunization/{id}`: it is not shown any more, and its identifier stays taken. */
export const deleteImmunization = async (call: Call, ctx: WritingCtx): Promise<Reply> => {
  const id = requireId(ctx, call);
  await ctx.transaction(async (tx) => {
    const row = await find(ctx, tx, 'Immunization', id);
    if (row === undefined || row.deleted) throw noSuchRecord(id);
    await requireVaccines(ctx, 'delete', recordOf(row));
    await remove(ctx, tx, 'Immunization', id);
  });
  return said(ctx, call, {});
};
