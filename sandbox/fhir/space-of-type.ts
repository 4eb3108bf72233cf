import { judgeBareNumber } from '../nhs-number.ts';
import type { Ctx } from '../pattern.ts';
import { INVALID_ID, NOT_FOUND, type ProblemError, problem, REAL_NHS_NUMBER } from '../problem.ts';
import { spaceOf, TYPES_MAX } from '../space.ts';
import { resourceTypes, typeIndex } from './definitions/types.ts';
import { isLogicalId } from './stored.ts';

const noOperation = (name: string): ProblemError =>
  problem(NOT_FOUND, [{ detail: `The operation ${name.slice(0, 64)} is not served here`, issue: 'not-supported' }]);

const unknownType = (type: string): ProblemError => {
  if (type.startsWith('$')) return noOperation(type);
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

/** Refuses what cannot name a resource here: an unknown type, a malformed id, a Patient's number that may be a real person's. */
export const requireInstance = (
  { store, allowRealNhsNumbers }: Pick<Ctx, 'store' | 'allowRealNhsNumbers'>,
  type: string,
  id: string,
): void => {
  spaceOfType(store, type);
  requireLogicalId(id, 'id');
  const real = type === 'Patient' ? judgeBareNumber(id, allowRealNhsNumbers, 'id') : undefined;
  if (real !== undefined) throw problem(REAL_NHS_NUMBER, [real.fault]);
};

/** A malformed id is a 400, apart from an id that is well formed and unknown (404). */
const requireLogicalId = (id: string, at: string): void => {
  if (isLogicalId(id)) return;
  if (id.startsWith('$')) throw noOperation(id);
  throw problem(INVALID_ID, `'${id.slice(0, 80)}' is not a valid id: 1 to 64 of A-Z, a-z, 0-9, '-' and '.'`, { at });
};
