import { findNhsNumbers } from '../nhs-number.ts';
import type { Ctx } from '../pattern.ts';
import {
  type Fault,
  INVALID_NHS_NUMBER,
  INVALID_RESOURCE,
  type ProblemError,
  problem,
  REAL_NHS_NUMBER,
} from '../problem.ts';
import { withOrdinaryNumbers } from './json.ts';
import { spaceOfType } from './space-of-type.ts';
import { type FhirResource, isResource } from './stored.ts';
import { validateResource } from './validate.ts';

const described = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (!('resourceType' in value)) return 'an object without resourceType';
  return value.resourceType === ''
    ? 'an object whose resourceType is empty'
    : 'an object whose resourceType is no text';
};

/** A parsed body as a resource of the type that the path names. */
export const requireType = (value: unknown, type: string): FhirResource => {
  // What is no object has no elements: the place is the body itself.
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const at = isObject ? `${type}.resourceType` : type;
  if (!isResource(value) || value.resourceType === '')
    throw problem(INVALID_RESOURCE, `The body has to be a ${type} resource, but it is ${described(value)}`, { at });
  if (value.resourceType !== type)
    throw problem(
      INVALID_RESOURCE,
      `The path says ${type}, but the resourceType of the body is '${value.resourceType.slice(0, 64)}'`,
      { at },
    );
  return value;
};

const isError = (fault: { severity?: string }): boolean =>
  fault.severity !== 'warning' && fault.severity !== 'information';

const ENTRY = 'Bundle.entry[0].resource';

/** In an entry of a bundle a reference may be a search, which it may not be anywhere else (R4 http.html#trules). */
const faultsInEntry = (resource: FhirResource): Fault[] =>
  validateResource({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource, request: { method: 'POST', url: resource.resourceType } }],
  }).map((fault) => ({ ...fault, at: fault.at?.replace(ENTRY, resource.resourceType) ?? resource.resourceType }));

/** What makes a resource unfit to be stored, as the problem to throw; undefined where nothing does. */
export const faultOf = (
  ctx: Pick<Ctx, 'allowRealNhsNumbers'>,
  resource: FhirResource,
  mayReferToSearches = false,
): ProblemError | undefined => {
  const ordinary = withOrdinaryNumbers(resource);
  const all = mayReferToSearches ? faultsInEntry(ordinary) : validateResource(ordinary, resource.resourceType);
  const faults = all.filter(isError);
  const found = findNhsNumbers(ordinary, ctx.allowRealNhsNumbers, resource.resourceType);
  // Whatever else is wrong: a number that may be a real person's is told, so that the body is not kept.
  const real = found
    .filter(({ kind }) => kind === 'real')
    .map(({ fault }) => ({ issue: REAL_NHS_NUMBER.issue, ...fault }));
  if (faults.length > 0) return problem(INVALID_RESOURCE, [...faults, ...real]);
  const template = found.some(({ kind }) => kind === 'invalid') ? INVALID_NHS_NUMBER : REAL_NHS_NUMBER;
  return found.length === 0
    ? undefined
    : problem(
        template,
        found.map(({ fault }) => fault),
      );
};

/** A resource of this type that may be stored, or the problem with every fault in its place. */
export const requireFit = (ctx: Ctx, value: unknown, type: string): FhirResource => {
  spaceOfType(ctx.store, type);
  const resource = requireType(value, type);
  const fault = faultOf(ctx, resource);
  if (fault !== undefined) throw fault;
  return resource;
};

/** On an update the body carries the id of the path (FHIR R4 http.html#update). */
export const requireSameId = (resource: FhirResource, id: string): void => {
  if (resource.id === id) return;
  const at = `${resource.resourceType}.id`;
  const detail =
    resource.id === undefined
      ? `The body has no id; an update has to carry the id of the path, '${id}'`
      : `The id of the body, '${resource.id}', is not the id of the path, '${id}'`;
  throw problem(INVALID_RESOURCE, detail, { at });
};
