import { findMatches } from '../fhir/search/query.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { currentRecord, isRestricted, jsonType, requireNhsNumber } from './pds-record.ts';

const RELATED_MAX = 100;

interface Listed {
  readonly id: string;
  readonly resource: object;
}

/** A related person as PDS lists it: the patient is named by NHS number alone. */
const listed = (row: { readonly id: string; readonly body: string }): Listed => {
  // What lies in the store was validated as a RelatedPerson when it was written.
  const { patient, meta: _meta, ...rest } = JSON.parse(row.body) as fhir4.RelatedPerson;
  const named = patient.identifier === undefined ? patient : { type: 'Patient', identifier: patient.identifier };
  return { id: row.id, resource: { ...rest, patient: named } };
};

/** `GET /Patient/{id}/RelatedPerson`: empty where nobody is recorded, and always for a restricted person. */
export const readRelatedPersons = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const nhsNumber = call.params.id ?? '';
  requireNhsNumber(ctx, nhsNumber);
  const { row, patient } = await currentRecord(ctx, ctx.sql, nhsNumber);
  const query = new URLSearchParams({ patient: `Patient/${row.id}` });
  const rows = isRestricted(patient) ? [] : await findMatches(ctx, 'RelatedPerson', query, RELATED_MAX);
  const entry = rows.map(listed).map(({ id, resource }) => ({
    fullUrl: `${call.base}/FHIR/R4/Patient/${row.id}/RelatedPerson/${id}`,
    resource,
  }));
  return {
    status: 200,
    headers: jsonType(call),
    body: {
      resourceType: 'Bundle',
      type: 'searchset',
      timestamp: new Date(ctx.now()).toISOString(),
      total: entry.length,
      ...(entry.length === 0 ? {} : { entry }),
    },
  };
};
