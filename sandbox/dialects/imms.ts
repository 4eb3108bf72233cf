import { find } from '../fhir/repository.ts';
import type { WritingCtx } from '../fhir/write-guard.ts';
import type { Call, Handler, Reply } from '../pattern.ts';
import { FHIR_JSON, noSuchRecord, recordOf, requireId, said, shown } from './imms-record.ts';
import { searchImmunizations } from './imms-search.ts';
import { createImmunization, deleteImmunization, requireVaccines, updateImmunization } from './imms-write.ts';

const readImmunization = async (call: Call, ctx: WritingCtx): Promise<Reply> => {
  const id = requireId(ctx, call);
  const row = await find(ctx, ctx.sql, 'Immunization', id);
  if (row === undefined || row.deleted) throw noSuchRecord(id);
  const record = recordOf(row);
  await requireVaccines(ctx, 'read', record);
  const headers = { ...FHIR_JSON, 'e-tag': String(row.version) };
  return said(ctx, call, { headers, body: shown(record, row.version) });
};

/** The operations of imms.openapi.yaml. */
export const handlers: Readonly<Record<string, Handler>> = {
  createImmunization,
  readImmunization,
  updateImmunization,
  deleteImmunization,
  searchImmunizations,
  searchImmunizationsPost: searchImmunizations,
};
