import { member } from '../act-values.ts';
import { faultOf, requireType } from '../fhir/document.ts';
import { parseJson } from '../fhir/json.ts';
import { type FhirResource, isResource } from '../fhir/stored.ts';
import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { INVALID_ID, MALFORMED_BODY, NOT_FOUND, ProblemError, problem } from '../problem.ts';
import { invalidImmunization } from './imms-problems.ts';
import { targetDiseasesOf, vaccineTypeOf } from './imms-vaccines.ts';

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The resource of a type that a record holds in itself. */
export const containedIn = (record: unknown, type: string): unknown =>
  list(member(record, 'contained')).find((one) => member(one, 'resourceType') === type);

/** The patient's NHS number; a person without one can be recorded all the same. */
export const nhsNumberOf = (record: unknown): string | undefined => {
  const known = list(member(containedIn(record, 'Patient'), 'identifier')).find(
    (one) => member(one, 'system') === NHS_NUMBER_SYSTEM,
  );
  const value = member(known, 'value');
  return typeof value === 'string' ? value : undefined;
};

const MANDATORY = [
  'identifier',
  'status',
  'vaccineCode',
  'patient',
  'occurrenceDateTime',
  'recorded',
  'primarySource',
  'location',
  'performer',
  'protocolApplied',
];

const isOrganisation = (performer: unknown): boolean => member(member(performer, 'actor'), 'type') === 'Organization';

/** What this API asks of an immunisation beyond FHIR; the first that is wrong. */
const wrongWith = (record: FhirResource): ProblemError | undefined => {
  const missing = MANDATORY.find((name) => record[name] === undefined);
  if (missing !== undefined) return invalidImmunization(`${missing} is a mandatory field`, missing);
  if (containedIn(record, 'Patient') === undefined)
    return invalidImmunization("contained[?(@.resourceType=='Patient')] is mandatory", 'contained');
  const identifiers = list(record.identifier);
  const [identifier] = identifiers;
  if (identifiers.length !== 1) return invalidImmunization('identifier must be an array of length 1', 'identifier');
  for (const name of ['system', 'value'])
    if (typeof member(identifier, name) !== 'string')
      return invalidImmunization(`identifier[0].${name} is a mandatory field`, `identifier[0].${name}`);
  if (record.status !== 'completed')
    return invalidImmunization('status must be one of the following: completed', 'status');
  if (!list(record.performer).some(isOrganisation))
    return invalidImmunization(
      "performer[?(@.actor.type=='Organization')].actor.identifier.value is a mandatory field",
      'performer',
    );
  if (vaccineTypeOf(record) === undefined)
    return invalidImmunization(
      `protocolApplied[0].targetDisease[*].coding[?(@.system=='http://snomed.info/sct')].code - ${targetDiseasesOf(record).join(', ')} is not a valid combination of disease codes for this service`,
      'protocolApplied[0].targetDisease',
    );
  return undefined;
};

export const parseBody = ({ body }: Call): FhirResource => {
  let value: unknown;
  try {
    value = parseJson(body);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw problem(MALFORMED_BODY, `Request's body contains malformed JSON: ${error.faults[0]?.detail ?? ''}`);
  }
  return requireType(value, 'Immunization');
};

/** An immunisation that may be stored, or what is wrong with it. */
export const requireValid = (ctx: Ctx, record: FhirResource): void => {
  const wrong = wrongWith(record) ?? faultOf(ctx, record);
  if (wrong !== undefined) throw wrong;
};

/** The id of the path, in the form that the dialect gives ids. */
export const requireId = ({ dialect }: Ctx, { params: { id = '' } }: Call): string => {
  if (new RegExp(dialect.ids?.pattern ?? '.').test(id)) return id;
  throw problem(
    INVALID_ID,
    'Validation errors: the provided event ID is either missing or not in the expected format.',
    { at: 'id' },
  );
};

export const noSuchRecord = (id: string): ProblemError =>
  problem(NOT_FOUND, `Immunization resource does not exist. ID: ${id}`);

export const recordOf = ({ body }: { readonly body: string }): FhirResource => {
  const parsed: unknown = JSON.parse(body);
  if (!isResource(parsed)) throw new Error('What is stored was a resource when it was written');
  return parsed;
};

/** As it is shown: the version, and no time of change. */
export const shown = (record: FhirResource, version: number): FhirResource => {
  const { resourceType, id, meta: _meta, ...rest } = record;
  return { resourceType, ...(id === undefined ? {} : { id }), meta: { versionId: String(version) }, ...rest };
};

export const FHIR_JSON = { 'content-type': 'application/fhir+json' };

/** The status that the dialect names for an operation that went well. */
export const said = (ctx: Ctx, call: Call, rest: Omit<Reply, 'status'>): Reply => ({
  status: ctx.dialect.statuses?.[call.operationId] ?? 200,
  ...rest,
});
