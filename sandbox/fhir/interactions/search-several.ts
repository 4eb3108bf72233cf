import { NOT_FOUND, problem } from '../../problem.ts';
import { resourceTypes } from '../definitions/types.ts';
import type { Outcome } from '../outcome.ts';
import { requireTestNumbers } from '../real-numbers.ts';
import { compartmentTypes, membership } from '../search/compartment.ts';
import { parseSeveral, readTypes, runSeveral, typesStored } from '../search/several.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import { subsetOf } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';
import { searchOptionsOf } from './search.ts';
import { type Asked, askedByForm, askedByUrl, searchset } from './searchset.ts';

const BESIDES = ['_type'];

/** Of the types that may be searched those that `_type` names, else those of which there is anything: the rest finds nothing. */
const typesOf = async ({ ctx }: FhirRequest, { query }: Asked, possible: readonly string[]) => {
  const named = readTypes(query, possible);
  if (named !== undefined) return { types: named, named: true };
  const stored = await typesStored(ctx.sql, ctx.store);
  return { types: stored.filter((type) => possible.includes(type)), named: false };
};

const system = async (request: FhirRequest, asked: Asked): Promise<Outcome> => {
  const { ctx } = request;
  requireTestNumbers(ctx, asked.query);
  const { types, named } = await typesOf(request, asked, resourceTypes());
  const parsed = parseSeveral(asked.query, named, { ...searchOptionsOf(request), types, besides: BESIDES });
  subsetOf(asked.query);
  const result = await runSeveral(ctx, parsed);
  const searched = named ? `one of ${types.join(', ')}` : 'some type';
  return searchset(request, asked, { result, path: '', searched, ignored: parsed.ignored });
};

/** FHIR R4 http.html#search: over all types, or those that `_type` names */
export const searchSystem = operation('searchSystem', { system: ['search-system'] }, async (request) =>
  system(request, await askedByUrl(request)),
);

export const searchSystemPost = operation('searchSystemPost', {}, async (request) =>
  system(request, askedByForm(request)),
);

/** The members' types that `Patient/1/Observation`, or `Patient/1/*`, asks for. */
const membersOf = (compartment: string, member: string): readonly string[] => {
  const members = compartmentTypes(compartment);
  if (members === undefined)
    throw problem(NOT_FOUND, [
      {
        detail: `There is no ${compartment} compartment: nothing is served below ${compartment}/id but _history`,
        issue: 'not-supported',
      },
    ]);
  if (member === '*') return members;
  if (!members.includes(member))
    throw problem(NOT_FOUND, [
      { detail: `${member} is never in a ${compartment} compartment`, issue: 'not-supported' },
    ]);
  return [member];
};

const compartment = async (request: FhirRequest, asked: Asked): Promise<Outcome> => {
  const { ctx, param } = request;
  const [type, id, member] = [param('type'), param('id'), param('member')];
  if (member.startsWith('$'))
    throw problem(NOT_FOUND, [
      { detail: `The operation ${member.slice(0, 64)} is not served here on ${type}/id`, issue: 'not-supported' },
    ]);
  requireInstance(ctx, type, id);
  if (member !== '*') spaceOfType(ctx.store, member);
  const possible = membersOf(type, member);
  requireTestNumbers(ctx, asked.query);
  const { types, named } = member === '*' ? await typesOf(request, asked, possible) : { types: possible, named: true };
  const parsed = parseSeveral(asked.query, named, {
    ...searchOptionsOf(request),
    types,
    also: (each) => [membership(type, id, each)],
    besides: member === '*' ? BESIDES : [],
  });
  subsetOf(asked.query);
  const result = await runSeveral(ctx, parsed);
  const searched = member === '*' ? 'some type' : member;
  return searchset(request, asked, { result, path: `${type}/${id}/${member}`, searched, ignored: parsed.ignored });
};

/** FHIR R4 http.html#vsearch, compartmentdefinition.html */
export const searchCompartment = operation('searchCompartment', { compartments: true }, async (request) =>
  compartment(request, await askedByUrl(request)),
);

export const searchCompartmentPost = operation('searchCompartmentPost', {}, async (request) =>
  compartment(request, askedByForm(request)),
);
