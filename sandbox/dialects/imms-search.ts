import { member } from '../act-values.ts';
import { recordOfIdentifier } from '../fhir/business-identifiers.ts';
import { permitted } from '../fhir/permission.ts';
import { find } from '../fhir/repository.ts';
import type { FhirResource, StoredRow } from '../fhir/stored.ts';
import type { WritingCtx } from '../fhir/write-guard.ts';
import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { FORBIDDEN, problem } from '../problem.ts';
import { recordsOfPatient } from './imms-patients.ts';
import { type ImmsSearch, readImmsSearch } from './imms-query.ts';
import { containedIn, FHIR_JSON, recordOf, said, shown } from './imms-record.ts';
import { vaccineTypeOf } from './imms-vaccines.ts';
import { requireVaccines } from './imms-write.ts';

type ByPatient = Extract<ImmsSearch, { by: 'patient' }>;
type ByIdentifier = Extract<ImmsSearch, { by: 'identifier' }>;

const baseOf = (call: Call): string => `${call.base}/FHIR/R4/Immunization`;

const searchset = (self: string, entry: readonly object[], total: number): object => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: [{ relation: 'self', url: self }],
  entry,
  total,
});

const isActorOf = (performer: unknown, contained: unknown): boolean =>
  member(member(performer, 'actor'), 'reference') === `#${String(member(contained, 'id'))}`;

/** Without what it contains: the patient is an entry of its own, and who gave the vaccine is not told. */
const inSearch = (record: FhirResource, version: number, patient: string): FhirResource => {
  const { contained: _contained, ...rest } = shown(record, version);
  const practitioner = containedIn(record, 'Practitioner');
  const person = containedIn(record, 'Patient');
  const numbers = member(person, 'identifier');
  const number = Array.isArray(numbers)
    ? numbers.find((one) => member(one, 'system') === NHS_NUMBER_SYSTEM)
    : undefined;
  const [identifier] = Array.isArray(record.identifier) ? record.identifier : [];
  const performers = Array.isArray(record.performer) ? record.performer : [];
  return {
    ...rest,
    identifier: [{ use: 'official', ...identifier }],
    performer: performers.filter((one) => practitioner === undefined || !isActorOf(one, practitioner)),
    patient: { reference: patient, type: 'Patient', ...(number === undefined ? {} : { identifier: number }) },
  };
};

const isWithin = (record: FhirResource, { from, to }: ByPatient): boolean => {
  const day = String(record.occurrenceDateTime).slice(0, 10);
  return (from === undefined || day >= from) && (to === undefined || day <= to);
};

const selfOf = (call: Call, { number, from, to }: ByPatient, targets: readonly string[]): string => {
  const query = new URLSearchParams({ '-immunization.target': targets.join(',') });
  if (from !== undefined) query.set('-date.from', from);
  if (to !== undefined) query.set('-date.to', to);
  query.set('patient.identifier', `${NHS_NUMBER_SYSTEM}|${number}`);
  // A search by POST keeps the number out of URLs, so it does not come back in one.
  return call.method === 'POST' ? baseOf(call) : `${baseOf(call)}?${query}`;
};

const NOT_ALL = {
  resource: {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'warning',
        // No IssueType of FHIR, and yet what the real API says.
        code: 'unauthorized',
        details: { coding: [{ system: 'https://fhir.nhs.uk/Codesystem/http-error-codes', code: 'UNAUTHORIZED' }] },
        diagnostics: 'Your search contains details that you are not authorised to request',
      },
    ],
  },
  search: { mode: 'outcome' },
};

const searchByPatient = async (call: Call, ctx: WritingCtx, search: ByPatient): Promise<object> => {
  const targets = await permitted(ctx, ['search'], search.targets);
  if (targets.length === 0) throw problem(FORBIDDEN, 'Unauthorized request for vaccine type');
  const found: { readonly row: StoredRow; readonly record: FhirResource }[] = [];
  for (const id of await recordsOfPatient(ctx, ctx.sql, search.number)) {
    const row = await find(ctx, ctx.sql, 'Immunization', id);
    if (row === undefined || row.deleted) continue;
    const record = recordOf(row);
    if (targets.includes(vaccineTypeOf(record) ?? '') && isWithin(record, search)) found.push({ row, record });
  }
  const patient = `urn:uuid:${ctx.uuid()}`;
  const person = containedIn(found.at(-1)?.record, 'Patient');
  const matches = found.map(({ row, record }) => ({
    fullUrl: `${baseOf(call)}/${row.id}`,
    resource: inSearch(record, row.version, patient),
    search: { mode: 'match' },
  }));
  const included = {
    fullUrl: patient,
    resource: { resourceType: 'Patient', identifier: member(person, 'identifier') },
    search: { mode: 'include' },
  };
  const entry = [
    ...matches,
    ...(matches.length === 0 ? [] : [included]),
    ...(targets.length < search.targets.length ? [NOT_ALL] : []),
  ];
  return searchset(selfOf(call, search, targets), entry, matches.length);
};

const searchByIdentifier = async (call: Call, ctx: WritingCtx, search: ByIdentifier): Promise<object> => {
  const { elements } = search;
  const id = await recordOfIdentifier(ctx, ctx.sql, 'Immunization', search);
  const row = id === undefined ? undefined : await find(ctx, ctx.sql, 'Immunization', id);
  if (row === undefined || row.deleted) return searchset(`${baseOf(call)}?identifier=None`, [], 0);
  const record = recordOf(row);
  await requireVaccines(ctx, 'search', record);
  const meta = { versionId: String(row.version) };
  const resource =
    elements === undefined
      ? inSearch(record, row.version, `urn:uuid:${ctx.uuid()}`)
      : {
          resourceType: 'Immunization',
          ...(elements.includes('id') ? { id: row.id } : {}),
          ...(elements.includes('meta') ? { meta } : {}),
        };
  const asked = `identifier=${search.system}|${search.value}${elements === undefined ? '' : `&_elements=${elements.toSorted().join(',')}`}`;
  const entry = {
    fullUrl: `${baseOf(call)}/${row.id}`,
    resource,
    ...(elements === undefined ? { search: { mode: 'match' } } : {}),
  };
  return searchset(`${baseOf(call)}?${asked}`, [entry], 1);
};

/** `GET /Immunization?…` and `POST /Immunization/_search` */
export const searchImmunizations = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const search = readImmsSearch(ctx, call);
  const body =
    search.by === 'patient' ? await searchByPatient(call, ctx, search) : await searchByIdentifier(call, ctx, search);
  return said(ctx, call, { headers: FHIR_JSON, body });
};
