import type { Ctx } from '../pattern.ts';
import { CONFLICT, INVALID_PARAMETER, INVALID_RESOURCE, NOT_FOUND, PRECONDITION_FAILED, problem } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import type { Outcome } from './outcome.ts';
import { requireTestNumbers } from './real-numbers.ts';
import { create, find, replace } from './repository.ts';
import { within } from './search/indexed-store.ts';
import { findMatches } from './search/query.ts';
import { spaceOfType } from './space-of-type.ts';
import type { FhirResource, StoredRow, StoredVersion } from './stored.ts';
import { requireVersion, type VersionDemand } from './version-demand.ts';
import type { Method } from './versions.ts';
import type { WritingCtx } from './write-guard.ts';

/** These say how the answer is to look and pick nothing out. */
const OF_THE_ANSWER = new Set(['_format', '_pretty', '_summary', '_elements', '_count', '_total', '_sort', '_cursor']);

/** The part of a query that picks resources out. A conditional interaction without any would mean every resource. */
export const criteriaOf = (query: URLSearchParams | string, at: string): URLSearchParams => {
  const text = typeof query === 'string' ? query.replace(/^\?/, '') : query;
  const criteria = new URLSearchParams([...new URLSearchParams(text)].filter(([name]) => !OF_THE_ANSWER.has(name)));
  if ([...criteria.values()].every((value) => value.trim() === ''))
    throw problem(
      INVALID_PARAMETER,
      'The criteria are empty: at least one search parameter has to pick the resource out',
      { at },
    );
  return criteria;
};

/**
 * The criteria of If-None-Exist: what stands behind the `?` of a search (R4 http.html#ccreate) or, as HAPI's client sends it,
 * the URL of the search, `https://…/Patient?identifier=…`.
 */
export const conditionOf = (type: string, text: string): URLSearchParams => {
  const [, named, query = text] = /^(?:[^?=&]*\/)?([A-Za-z]+)\?(.*)$/s.exec(text) ?? [];
  if (named !== undefined && named !== type)
    throw problem(
      INVALID_PARAMETER,
      `The condition is a search of ${named.slice(0, 64)}, but what is created is a ${type}`,
      {
        at: 'If-None-Exist',
      },
    );
  return criteriaOf(query, 'If-None-Exist');
};

/** The one match, or undefined where there is none; several are a 412. FHIR R4 http.html#ccreate, #cond-update */
export const theMatch = async (
  ctx: WritingCtx,
  tx: Tx,
  type: string,
  criteria: URLSearchParams,
): Promise<StoredRow | undefined> => {
  spaceOfType(ctx.store, type);
  requireTestNumbers(ctx, criteria);
  const [match, second] = await findMatches(within(tx, ctx.store), type, criteria, 2, {
    now: ctx.now(),
    ...(ctx.fhirBases === undefined ? {} : { bases: ctx.fhirBases }),
  });
  if (second !== undefined)
    throw problem(PRECONDITION_FAILED, `The criteria match several ${type} resources; they have to match at most one`);
  return match === undefined ? undefined : find(ctx, tx, type, match.id);
};

/** FHIR R4 http.html#ccreate */
export const conditionalCreate = async (
  ctx: Ctx,
  tx: Tx,
  resource: FhirResource,
  criteria: URLSearchParams,
): Promise<Outcome> => {
  const match = await theMatch(ctx, tx, resource.resourceType, criteria);
  if (match !== undefined)
    return {
      status: 200,
      version: match,
      located: true,
      done: `Nothing was created: ${match.type}/${match.id} matches`,
    };
  return madeOutcome(await create(ctx, tx, resource), 'POST', true);
};

/** FHIR R4 http.html#cond-update, with update as create */
export const conditionalUpdate = async (
  ctx: Ctx,
  tx: Tx,
  resource: FhirResource,
  criteria: URLSearchParams,
  demand: VersionDemand,
): Promise<Outcome> => {
  const type = resource.resourceType;
  const match = await theMatch(ctx, tx, type, criteria);
  requireVersion(ctx.dialect, match === undefined ? `the ${type} that matches` : `${type}/${match.id}`, match, demand);
  if (match !== undefined) {
    if (resource.id !== undefined && resource.id !== match.id)
      throw problem(
        INVALID_RESOURCE,
        `The criteria match ${type}/${match.id}, but the id of the body is '${resource.id}'`,
        {
          at: `${type}.id`,
        },
      );
    return madeOutcome(await replace(ctx, tx, match, resource), 'PUT', false);
  }
  const taken = resource.id === undefined ? undefined : await find(ctx, tx, type, resource.id);
  if (taken !== undefined && !taken.deleted)
    throw problem(CONFLICT, `Nothing matches the criteria, but ${type}/${taken.id} exists and would be overwritten`, {
      at: `${type}.id`,
    });
  if (taken !== undefined) return madeOutcome(await replace(ctx, tx, taken, resource), 'PUT', true);
  const id = resource.id === undefined ? {} : { id: resource.id };
  return madeOutcome(await create(ctx, tx, resource, { ...id, method: 'PUT' }), 'PUT', true);
};

/** The one match that has to be there, for a conditional patch. */
export const requireMatch = async (ctx: Ctx, tx: Tx, type: string, criteria: URLSearchParams): Promise<StoredRow> => {
  const match = await theMatch(ctx, tx, type, criteria);
  if (match === undefined) throw problem(NOT_FOUND, `No ${type} matches the criteria`);
  return match;
};

/** What a create, an update or a patch came to. */
export const madeOutcome = (version: StoredVersion, method: Method, created: boolean): Outcome => ({
  status: created ? 201 : 200,
  version,
  method,
  located: true,
  done: `${created ? 'Created' : 'Updated'} ${version.type}/${version.id} (version ${version.version})`,
});
