import { INVALID_PARAMETER, NOT_FOUND, problem } from '../../problem.ts';
import { parametersOf } from '../parameters-resource.ts';
import { read } from '../repository.ts';
import { compartmentTypes, membership } from '../search/compartment.ts';
import { readCriterion } from '../search/criteria.ts';
import { readInclude } from '../search/include.ts';
import { parseSeveral, readTypes, runSeveral } from '../search/several.ts';
import { requireInstance } from '../space-of-type.ts';
import { type FhirRequest, operation } from './operation.ts';
import { searchOptionsOf } from './search.ts';
import { searchset } from './searchset.ts';

const TAKEN = ['_since', '_type'];
const KNOWN = new Set([...TAKEN, '_count', '_cursor', '_format', '_pretty', '_summary', '_elements']);
const PATIENT = 'Patient';

const requireKnown = (query: URLSearchParams): void => {
  for (const name of query.keys())
    if (!KNOWN.has(name))
      throw problem(INVALID_PARAMETER, [
        {
          detail: `$everything takes ${[...KNOWN].join(', ')} here, and not ${name.slice(0, 64)}`,
          at: name.slice(0, 64),
          issue: 'not-supported',
        },
      ]);
};

const everything = async (request: FhirRequest, query: URLSearchParams) => {
  const { ctx, param } = request;
  const id = param('id');
  requireInstance(ctx, PATIENT, id);
  requireKnown(query);
  const members = compartmentTypes(PATIENT);
  if (members === undefined) throw problem(NOT_FOUND, 'There is no Patient compartment');
  const options = searchOptionsOf(request);
  const since = query.get('_since');
  const asked = readTypes(query, members);
  const types = asked ?? members;
  await read(ctx, ctx.sql, PATIENT, id);
  const { searches, ...parsed } = parseSeveral(query, true, {
    ...options,
    defaultCount: options.maxCount ?? 500,
    types,
    besides: TAKEN,
    also: (type) => {
      const changed = since === null ? undefined : readCriterion(type, '_lastUpdated', `ge${since}`, options, '_since');
      return [membership(PATIENT, id, type), ...(changed === undefined ? [] : [changed])];
    },
  });
  // What a record refers to comes along: who, where, and with what.
  const includes = members.map((type) => readInclude('_include', '*', type));
  const withIncludes = searches.map((search) => ({ ...search, includes }));
  const found = await runSeveral(ctx, { ...parsed, searches: withIncludes });
  // Whoever names types wants these alone.
  const included = found.included.filter(({ type }) => asked?.includes(type) ?? true);
  const result = { ...found, included };
  return searchset(
    request,
    { query, sealed: false },
    { result, path: `${PATIENT}/${id}/$everything`, searched: PATIENT, ignored: [] },
  );
};

const declared = {
  operations: [
    { name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything', types: [PATIENT] },
  ],
};

/** FHIR R4 patient-operation-everything.html */
export const patientEverything = operation('patientEverything', declared, (request) =>
  everything(request, request.call.query),
);

/** The same with its parameters in a Parameters resource. */
export const patientEverythingPost = operation('patientEverythingPost', {}, (request) => {
  const parameters = request.call.body.length === 0 ? [] : parametersOf(request.body());
  const named = parameters.map(({ name, value }) => [name, String(value)] as [string, string]);
  return everything(request, new URLSearchParams([...request.call.query, ...named]));
});
