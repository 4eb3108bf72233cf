import { INVALID_ID, NOT_FOUND, type ProblemError, problem } from '../problem.ts';
import { spaceOf, TYPES_MAX } from '../space.ts';
import { resourceTypes, typeIndex } from './definitions/types.ts';
import { isLogicalId } from './stored.ts';

const unknownType = (type: string): ProblemError => {
  const sameButCase = resourceTypes().find((known) => known.toLowerCase() === type.toLowerCase());
  const hint = sameButCase === undefined ? '' : ` (did you mean ${sameButCase}?)`;
  return problem(NOT_FOUND, [
    { detail: `'${type.slice(0, 64)}' is not a resource type of FHIR R4${hint}`, issue: 'not-supported' },
  ]);
};

/** The space of a type in a store; an unknown type is a 404 (FHIR R4 http.html#read). */
export const spaceOfType = (store: number, type: string): number => {
  const index = typeIndex(type);
  if (index === undefined) throw unknownType(type);
  return spaceOf(store, index);
};

export const typeOfSpace = (space: number): string => resourceTypes()[space % TYPES_MAX] ?? '';

/** A malformed id is a 400, apart from an id that is well formed and unknown (404). */
export const requireLogicalId = (id: string, at: string): void => {
  if (isLogicalId(id)) return;
  throw problem(INVALID_ID, `'${id.slice(0, 80)}' is not a valid id: 1 to 64 of A-Z, a-z, 0-9, '-' and '.'`, { at });
};
