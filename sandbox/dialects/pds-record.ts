import { find } from '../fhir/repository.ts';
import { etagOf, isResource, type StoredRow } from '../fhir/stored.ts';
import { wantsPlainJson } from '../http/render.ts';
import { hasValidCheckDigit, judgeNhsNumber } from '../nhs-number.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { GONE, INVALID_ID, NOT_FOUND, problem, REAL_NHS_NUMBER } from '../problem.ts';
import type { Reader } from '../sql/port.ts';

export interface PdsRecord {
  readonly row: StoredRow;
  readonly patient: fhir4.Patient;
}

// What lies in the store was validated as a Patient when it was written.
export const patientOfRow = (row: { readonly body: string }): fhir4.Patient => JSON.parse(row.body) as fhir4.Patient;

export const isPatient = (value: unknown): value is fhir4.Patient =>
  isResource(value) && value.resourceType === 'Patient';

const codes = (patient: fhir4.Patient): readonly (string | undefined)[] =>
  (patient.meta?.security ?? []).map((coding) => coding.code);
export const isRestricted = (patient: fhir4.Patient): boolean =>
  codes(patient).some((code) => code === 'R' || code === 'V');
export const isInvalidated = (patient: fhir4.Patient): boolean => codes(patient).includes('REDACTED');

/** The NHS number of the record that replaces this one, if any. */
export const successorOf = (patient: fhir4.Patient): string | undefined =>
  patient.link?.find((link) => link.type === 'replaced-by')?.other.reference?.replace(/^Patient\//, '');

/** PDS names people by NHS number and by nothing else; one that may be a real person's is refused before it is looked up. */
export const requireNhsNumber = (ctx: Pick<Ctx, 'allowRealNhsNumbers'>, id: string): void => {
  if (hasValidCheckDigit(id)) {
    const finding = judgeNhsNumber(id, ctx.allowRealNhsNumbers, 'id');
    if (finding !== undefined) throw problem(REAL_NHS_NUMBER, [finding.fault]);
    return;
  }
  const why = /^[0-9]{10}$/.test(id) ? 'its check digit does not hold' : 'an NHS number is ten digits';
  throw problem(INVALID_ID, `Invalid value - '${id.slice(0, 40)}' in field 'id': ${why}`, { at: 'id' });
};

const HOPS_MAX = 10;

/** The record of an NHS number as it is: superseded ones are not followed. */
export const findRecord = async (ctx: Ctx, reader: Reader, nhsNumber: string): Promise<PdsRecord> => {
  const row = await find(ctx, reader, 'Patient', nhsNumber);
  if (row === undefined || row.deleted) throw problem(NOT_FOUND, `There is no record for the NHS number ${nhsNumber}`);
  const patient = patientOfRow(row);
  if (isInvalidated(patient) && successorOf(patient) === undefined)
    throw problem(GONE, `The record of the NHS number ${nhsNumber} was invalidated and not replaced by another`);
  return { row, patient };
};

/** The record that stands for an NHS number now: that of another number where this one was superseded. */
export const currentRecord = async (ctx: Ctx, reader: Reader, nhsNumber: string): Promise<PdsRecord> => {
  let record = await findRecord(ctx, reader, nhsNumber);
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const successor = successorOf(record.patient);
    if (successor === undefined) return record;
    record = await findRecord(ctx, reader, successor);
  }
  throw problem(NOT_FOUND, `The NHS number ${nhsNumber} leads to a chain of superseded records that does not end`);
};

/** The record as PDS shows it: no lastUpdated, and nothing that says where a restricted person can be found. */
export const shownRecord = (row: { readonly version: number }, patient: fhir4.Patient): fhir4.Patient => {
  const { meta, ...rest } = patient;
  const shown: fhir4.Patient = {
    ...rest,
    meta: { versionId: String(row.version), ...(meta?.security === undefined ? {} : { security: meta.security }) },
  };
  if (!isRestricted(patient)) return shown;
  const { address: _address, telecom: _telecom, contact: _contact, generalPractitioner: _practice, ...safe } = shown;
  return safe;
};

/** FHIR's own type, unless the caller asked for plain JSON and nothing else. */
export const jsonType = ({ headers }: Pick<Call, 'headers'>): { readonly 'content-type': string } => ({
  'content-type': wantsPlainJson(headers.accept) ? 'application/json' : 'application/fhir+json',
});

export const recordReply = (call: Call, row: { readonly version: number }, patient: fhir4.Patient): Reply => ({
  status: 200,
  headers: { ...jsonType(call), etag: etagOf(row.version) },
  body: shownRecord(row, patient),
});
