import type { Call, Ctx, Handler, Reply } from '../pattern.ts';
import { patchPatient } from './pds-patch.ts';
import { currentRecord, recordReply, requireNhsNumber } from './pds-record.ts';
import { readRelatedPersons } from './pds-related.ts';
import { searchPatients } from './pds-search.ts';

const readPatient = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const nhsNumber = call.params.id ?? '';
  requireNhsNumber(ctx, nhsNumber);
  const { row, patient } = await currentRecord(ctx, ctx.sql, nhsNumber);
  return recordReply(call, row, patient);
};

/** The operations of pds.openapi.yaml. */
export const handlers: Readonly<Record<string, Handler>> = {
  searchPatients,
  readPatient,
  patchPatient,
  readRelatedPersons,
};
