import { type Problem, type ProblemError, problem } from '../problem.ts';

const template = (condition: string, title: string, issue: string, status = 400): Problem => ({
  condition,
  status,
  title,
  issue,
});

/** What can be wrong in PDS beyond the conditions that every dialect knows; pds.yaml gives each its Spine code. */
export const NO_SEARCH_VALUES = template('no-search-values', 'Nothing to search by', 'processing');
export const VALUE_MISSING = template('value-missing', 'A value is missing', 'required');
export const SEARCH_VALUE_INVALID = template('search-value-invalid', 'A search value is not valid', 'value');
export const SEARCH_DATA_INVALID = template('search-data-invalid', 'The search values do not go together', 'value');
export const ADDITIONAL_PROPERTIES = template('additional-properties', 'Something unknown was sent', 'invariant');
export const TOO_MANY_VALUES = template('too-many-values', 'Too many values', 'value');
export const UNSUPPORTED_CHARACTERS = template('unsupported-characters', 'A character is not allowed', 'value');
export const UNSUPPORTED_VALUE = template('unsupported-value', 'A value may not be set any more', 'value');
export const UPDATE_INVALID = template('update-invalid', 'The update is not valid', 'structure');
export const UPDATE_VALUE_INVALID = template('update-value-invalid', 'A value of the update is not valid', 'value');
export const UPDATE_FORBIDDEN = template('update-forbidden', 'The update is not allowed', 'forbidden', 403);

/** The diagnostics begin as those of PDS do, so that a caller meets the same words. */
export const invalidUpdate = (why: string, at?: string): ProblemError =>
  problem(UPDATE_INVALID, `Invalid update with error - ${why}`, at === undefined ? {} : { at });
export const forbiddenUpdate = (why: string, at?: string): ProblemError =>
  problem(UPDATE_FORBIDDEN, `Forbidden update with error - ${why}`, at === undefined ? {} : { at });
export const invalidValue = (value: unknown, field: string): ProblemError =>
  problem(UPDATE_VALUE_INVALID, `Invalid value - '${String(value).slice(0, 80)}' in field '${field}'`, { at: field });
export const invalidSearch = (why: string, at?: string): ProblemError =>
  problem(SEARCH_DATA_INVALID, `Invalid search data provided - '${why}'`, at === undefined ? {} : { at });
