import { parseJson } from '../fhir/json.ts';
import { findMatches } from '../fhir/search/query.ts';
import type { StoredResource } from '../fhir/stored.ts';
import { hasValidCheckDigit, NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { POINTER } from '../pointers/register.ts';
import { BAD_REQUEST, INVALID_NHS_NUMBER, INVALID_PARAMETER, problem } from '../problem.ts';
import { ODS_SYSTEM, organisationOf } from './nrl-caller.ts';
import { NRL_TYPE } from './nrl-outcome.ts';
import { CODE_SYSTEM } from './nrl-problems.ts';

const SUBJECT = 'subject:identifier';
const CUSTODIAN = 'custodian:identifier';
const SUMMARY = '_summary';
const SNOMED = 'http://snomed.info/sct';

interface Side {
  readonly base: string;
  readonly known: readonly string[];
}
const PRODUCER: Side = { base: '/record-locator/producer/FHIR/R4', known: [SUBJECT, 'type', 'category'] };
const CONSUMER: Side = {
  base: '/record-locator/consumer/FHIR/R4',
  known: [SUBJECT, CUSTODIAN, 'type', 'category', SUMMARY],
};
/** More than one person has; what goes beyond is refused rather than cut. */
const MATCHES_MAX = 1_000;

/** The body of a search is JSON, as the specification has it; a form, as FHIR has it, is taken too. */
const askedInBody = ({ body, headers }: Call): URLSearchParams => {
  const text = Buffer.from(body).toString('utf8');
  if (headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true)
    return new URLSearchParams(text);
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw problem(BAD_REQUEST, 'The body of a search is a JSON object of parameters');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') throw problem(INVALID_PARAMETER, `${name} has to be text`, { at: name });
    query.append(name, value);
  }
  return query;
};

const requireKnown = (query: URLSearchParams, { known }: Side): void => {
  for (const name of query.keys()) {
    if (!known.includes(name))
      throw problem(INVALID_PARAMETER, `Invalid query parameter (${name}: extra fields not permitted)`, { at: name });
    if (query.getAll(name).length > 1)
      throw problem(INVALID_PARAMETER, `${name} is given more than once; join values by commas`, { at: name });
  }
};

const requireSubject = (query: URLSearchParams): void => {
  const [, number] = /^https:\/\/fhir\.nhs\.uk\/Id\/nhs-number\|(\d+)$/.exec(query.get(SUBJECT) ?? '') ?? [];
  if (number === undefined)
    throw problem(INVALID_PARAMETER, `${SUBJECT} has to be ${NHS_NUMBER_SYSTEM}| and an NHS number`, { at: SUBJECT });
  if (!hasValidCheckDigit(number))
    throw problem(INVALID_NHS_NUMBER, 'A valid NHS number is required to search for document references', {
      at: SUBJECT,
    });
};

const requireSystems = (query: URLSearchParams): void => {
  for (const name of ['type', 'category'])
    for (const value of query.get(name)?.split(',') ?? [])
      if (!value.startsWith(`${SNOMED}|`))
        throw problem(CODE_SYSTEM, `The ${name} system is not one that is registered here: ${value.slice(0, 80)}`, {
          at: name,
        });
  const custodian = query.get(CUSTODIAN);
  if (custodian !== null && !custodian.startsWith(`${ODS_SYSTEM}|`))
    throw problem(INVALID_PARAMETER, `${CUSTODIAN} has to be ${ODS_SYSTEM}| and a code`, { at: CUSTODIAN });
  const summary = query.get(SUMMARY);
  if (summary !== null && summary !== 'count')
    throw problem(INVALID_PARAMETER, `${SUMMARY} can only be count`, { at: SUMMARY });
};

/** Of a search by POST the link shows no parameters: they are not to stand in a URL. */
const bundle = (call: Call, side: Side, query: URLSearchParams, found: readonly StoredResource[]): Reply => {
  const shown = call.method === 'POST' ? '' : `?${query}`;
  const head = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    link: [{ relation: 'self', url: `${call.base}${side.base}/${POINTER}${shown}` }],
  };
  const counts = query.get(SUMMARY) === 'count' || found.length === 0;
  const text = JSON.stringify(head);
  const entries = found.map(({ body }) => `{"resource":${body}}`).join(',');
  return {
    status: 200,
    headers: { 'content-type': NRL_TYPE },
    body: counts ? text : `${text.slice(0, -1)},"entry":[${entries}]}`,
  };
};

const search = async (call: Call, ctx: Ctx, side: Side, query: URLSearchParams): Promise<Reply> => {
  const ods = organisationOf(call);
  requireKnown(query, side);
  requireSubject(query);
  requireSystems(query);
  const narrowed = new URLSearchParams([...query].filter(([name]) => name !== SUMMARY));
  // A producer finds its own pointers alone.
  if (side === PRODUCER) narrowed.set(CUSTODIAN, `${ODS_SYSTEM}|${ods}`);
  const found = await findMatches(ctx, POINTER, narrowed, MATCHES_MAX + 1);
  if (found.length > MATCHES_MAX)
    throw problem(BAD_REQUEST, `More than ${MATCHES_MAX} pointers match; narrow the search`);
  return bundle(call, side, query, found);
};

export const searchOwnPointers = (call: Call, ctx: Ctx): Promise<Reply> => search(call, ctx, PRODUCER, call.query);
export const searchOwnPointersPost = (call: Call, ctx: Ctx): Promise<Reply> =>
  search(call, ctx, PRODUCER, askedInBody(call));
export const searchPointers = (call: Call, ctx: Ctx): Promise<Reply> => search(call, ctx, CONSUMER, call.query);
export const searchPointersPost = (call: Call, ctx: Ctx): Promise<Reply> =>
  search(call, ctx, CONSUMER, askedInBody(call));
