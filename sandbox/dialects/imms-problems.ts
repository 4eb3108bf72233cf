import { type Problem, type ProblemError, problem } from '../problem.ts';

const template = (condition: string, title: string): Problem => ({ condition, status: 400, title, issue: 'invariant' });

/** What can be wrong in the Immunisation FHIR API beyond the conditions that every dialect knows; imms.yaml gives each its code. */
export const VERSION_INVALID = template('version-invalid', 'The version is not a number');
export const ID_MISMATCH = template('id-mismatch', 'The ids of path and body differ');
export const IMMUNIZATION_INVALID = template('immunization-invalid', 'The immunisation is not valid');

/** The diagnostics are worded as the real API words them. */
export const invalidImmunization = (why: string, at: string): ProblemError =>
  problem(IMMUNIZATION_INVALID, `Validation errors: ${why}`, { at: `Immunization.${at}` });
