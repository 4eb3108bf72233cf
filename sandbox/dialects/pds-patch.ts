import { faultOf } from '../fhir/document.ts';
import { replace, vread } from '../fhir/repository.ts';
import type { FhirResource } from '../fhir/stored.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { PRECONDITION_FAILED, PRECONDITION_MISSING, problem, VERSION_CONFLICT } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import { applyPatches } from './pds-apply.ts';
import { type Patch, readPatches, requirePatchType, requireTestPatches } from './pds-patches.ts';
import { forbiddenUpdate, invalidUpdate, UPDATE_INVALID, UPDATE_VALUE_INVALID } from './pds-problems.ts';
import {
  findRecord,
  isPatient,
  isRestricted,
  type PdsRecord,
  patientOfRow,
  recordReply,
  requireNhsNumber,
  successorOf,
} from './pds-record.ts';
import { fingerprintOf, recall, remember } from './pds-requests.ts';
import { brokenRule } from './pds-rules.ts';

/** The version in `W/"2"`. PDS treats a malformed If-Match as it treats none. */
const readVersion = (ifMatch: string | undefined): number => {
  if (ifMatch === undefined || ifMatch.trim() === '')
    throw problem(
      PRECONDITION_MISSING,
      'Invalid request with error - If-Match header must be supplied to update this resource',
      { at: 'If-Match' },
    );
  const version = /^W\/"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined)
    throw problem(
      PRECONDITION_FAILED,
      `Invalid request with error - If-Match header '${ifMatch.slice(0, 60)}' has to be in the form W/"2"`,
      { at: 'If-Match' },
    );
  return Number(version);
};

const requireUpdatable = ({ row, patient }: PdsRecord, version: number): void => {
  const successor = successorOf(patient);
  if (successor !== undefined) throw invalidUpdate(`the NHS number was superseded; the record is that of ${successor}`);
  if (isRestricted(patient)) throw forbiddenUpdate('a restricted record is only updated by certain systems');
  if (row.version !== version)
    throw problem(
      VERSION_CONFLICT,
      `If-Match asks for version ${version}, but the record is at version ${row.version}`,
      {
        at: 'If-Match',
      },
    );
};

const newId = (ctx: Ctx) => (): string => ctx.uuid().slice(0, 8).toUpperCase();

const changedRecord = (ctx: Ctx, patient: fhir4.Patient, patches: readonly Patch[]): FhirResource => {
  const today = new Date(ctx.now()).toISOString().slice(0, 10);
  const applied = applyPatches({ ...patient }, patches, { today, newId: newId(ctx) });
  const after: FhirResource = { ...applied, resourceType: 'Patient' };
  const unfit = faultOf(ctx, after);
  if (unfit !== undefined) {
    const isValue = unfit.faults.every(({ issue }) => issue === 'value' || issue === 'code-invalid');
    throw problem(isValue ? UPDATE_VALUE_INVALID : UPDATE_INVALID, unfit.faults);
  }
  const broken = isPatient(after) ? brokenRule({ before: patient, after, today }) : undefined;
  if (broken !== undefined) throw broken;
  return after;
};

/** `PATCH /Patient/{id}`: all of it or nothing, and only against the version that was read. */
export const patchPatient = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const nhsNumber = call.params.id ?? '';
  requireNhsNumber(ctx, nhsNumber);
  requireTestPatches(ctx, call.body);
  const version = readVersion(call.headers['if-match']);
  requirePatchType(call.headers['content-type']);
  const patches = readPatches(call.body);
  const request = call.headers['x-request-id']?.toLowerCase() ?? '';
  const fingerprint = fingerprintOf(call);
  const change = async (tx: Tx) => {
    const known = await recall(tx, ctx.store, request, fingerprint);
    if (known !== undefined) return vread(ctx, tx, 'Patient', known.id, String(known.version));
    const record = await findRecord(ctx, tx, nhsNumber);
    requireUpdatable(record, version);
    const made = await replace(ctx, tx, record.row, changedRecord(ctx, record.patient, patches), 'PATCH');
    await remember(tx, ctx.store, request, fingerprint, made);
    return made;
  };
  const made = await ctx.transaction(change);
  return recordReply(call, made, patientOfRow(made));
};
