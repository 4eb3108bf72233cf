import type { Problem } from '../problem.ts';

/** What a registry of pointers refuses, beside what any FHIR endpoint does. Dialects say it each in their own status and code. */
const refusal = (condition: string, status: number, title: string, issue: string): Problem => ({
  condition,
  status,
  title,
  issue,
});

export const INVALID_POINTER = refusal('invalid-pointer', 422, 'The pointer is not one', 'business-rule');
export const CUSTODIAN_MISMATCH = refusal(
  'custodian-mismatch',
  403,
  'Pointers of this custodian are for another organisation to register',
  'forbidden',
);
export const NOT_OWNER = refusal('not-owner', 403, 'The pointer belongs to another organisation', 'forbidden');
export const IMMUTABLE_FIELD = refusal('immutable-field', 400, 'The field cannot be changed', 'business-rule');
export const INVALID_SUPERSEDING = refusal(
  'invalid-superseding',
  422,
  'The pointer cannot replace that one',
  'business-rule',
);
/** Kept apart from `not-owner` because NRL says it in the words of a bad request. */
export const SUPERSEDING_ANOTHERS = refusal(
  'superseding-anothers',
  403,
  'The pointer that is to be replaced belongs to another organisation',
  'forbidden',
);
export const DUPLICATE_POINTER = refusal('duplicate-pointer', 409, 'This document is registered already', 'duplicate');
