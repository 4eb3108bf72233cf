import { type ProblemError, problem } from '../problem.ts';
import {
  ADDITIONAL_PROPERTIES,
  invalidSearch,
  NO_SEARCH_VALUES,
  SEARCH_VALUE_INVALID,
  VALUE_MISSING,
} from './pds-problems.ts';

/** From and to, both included, as yyyy-mm-dd; an open end is absent. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

export interface PdsSearch {
  readonly family?: string;
  readonly given: readonly string[];
  readonly gender?: string;
  readonly birthDate: DateRange;
  readonly deathDate?: DateRange;
  readonly postcode?: string;
  readonly practice?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly fuzzy: boolean;
  readonly exact: boolean;
  readonly history: boolean;
  readonly max: number;
}

const GENDERS = ['male', 'female', 'other', 'unknown'];
const NAMES = ['family', 'given', 'gender', 'birthdate', 'death-date', 'address-postalcode', 'address-postcode'];
const OTHERS = ['general-practitioner', 'email', 'phone', '_fuzzy-match', '_exact-match', '_history', '_max-results'];
const KNOWN: ReadonlySet<string> = new Set([...NAMES, ...OTHERS]);
const WILD: readonly string[] = ['family', 'given', 'address-postalcode', 'address-postcode'];
const NAME_MAX = 35;

const invalid = (value: string, field: string): ProblemError =>
  problem(SEARCH_VALUE_INVALID, `Invalid value - '${value.slice(0, 80)}' in field '${field}'`, { at: field });

const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** `eq2010-10-22`, or `ge…` and `le…` together. */
const readRange = (values: readonly string[], field: string): DateRange => {
  const range: { from?: string; to?: string } = {};
  for (const value of values) {
    const [, how = 'eq', date = ''] = /^(eq|ge|le)?(.*)$/s.exec(value) ?? [];
    if (!isDate(date)) throw invalid(value, field);
    const taken = (how !== 'le' && range.from !== undefined) || (how !== 'ge' && range.to !== undefined);
    if (taken) throw invalidSearch(`${field} may be given once, or once with ge and once with le`, field);
    if (how !== 'le') range.from = date;
    if (how !== 'ge') range.to = date;
  }
  if (range.from !== undefined && range.to !== undefined && range.from > range.to)
    throw invalidSearch(`the range of ${field} ends before it begins`, field);
  return range;
};

const readFlag = (query: URLSearchParams, field: string): boolean => {
  const value = query.get(field);
  if (value === null || value === 'false') return false;
  if (value !== 'true') throw invalid(value, field);
  return true;
};

const readMax = (query: URLSearchParams, most: number): number => {
  const value = query.get('_max-results');
  if (value === null) return most;
  if (!/^\d{1,4}$/.test(value) || Number(value) < 1 || Number(value) > most) throw invalid(value, '_max-results');
  return Number(value);
};

const checkWildcards = (query: URLSearchParams, fuzzy: boolean): void => {
  for (const [field, value] of query) {
    const star = value.indexOf('*');
    if (star < 0) continue;
    if (!WILD.includes(field)) throw invalid(value, field);
    if (fuzzy) throw invalidSearch(`${field}: a fuzzy search takes no wildcards`, field);
    if (star < 2) throw invalidSearch(`${field}: a wildcard may not be within the first two characters`, field);
  }
};

const checkMinimum = (search: PdsSearch): void => {
  const { family, gender, postcode } = search;
  const given = search.given.length > 0;
  const enough = search.fuzzy
    ? (given && family !== undefined) ||
      (family !== undefined && gender !== undefined && postcode !== undefined) ||
      (given && gender !== undefined && postcode !== undefined)
    : family !== undefined;
  if (!enough)
    throw invalidSearch('No searches were performed as the search criteria did not meet the minimum requirements');
};

/** Reads a search as PDS does, or throws with the code that PDS has for what is wrong. */
export const readPdsSearch = (query: URLSearchParams, most: number): PdsSearch => {
  if (query.size === 0) throw problem(NO_SEARCH_VALUES, 'No search parameters were provided');
  const unknown = [...new Set(query.keys())]
    .filter((field) => !KNOWN.has(field))
    .map((field) => `'${field.slice(0, 60)}'`);
  if (unknown.length > 0) {
    const were = unknown.length === 1 ? 'was' : 'were';
    throw problem(
      ADDITIONAL_PROPERTIES,
      `Invalid request with error - Additional properties are not allowed (${unknown.join(', ')} ${were} unexpected)`,
    );
  }
  for (const [field, value] of query) {
    const tooLong = (field === 'family' || field === 'given') && value.length > NAME_MAX;
    if (value.trim() === '' || value.includes('\0') || tooLong) throw invalid(value, field);
  }
  if (query.has('address-postcode') && query.has('address-postalcode'))
    throw invalidSearch('address-postcode and address-postalcode may not both be given', 'address-postcode');
  const gender = query.get('gender');
  if (gender !== null && !GENDERS.includes(gender.toLowerCase())) throw invalid(gender, 'gender');
  const fuzzy = readFlag(query, '_fuzzy-match');
  checkWildcards(query, fuzzy);
  const birthDate = readRange(query.getAll('birthdate'), 'birthdate');
  const text = (field: string, name: string) => {
    const value = query.get(name);
    return value === null ? {} : { [field]: value.trim() };
  };
  const search: PdsSearch = {
    ...text('family', 'family'),
    given: query.getAll('given').map((name) => name.trim()),
    ...(gender === null ? {} : { gender: gender.toLowerCase() }),
    birthDate,
    ...(query.has('death-date') ? { deathDate: readRange(query.getAll('death-date'), 'death-date') } : {}),
    ...text('postcode', 'address-postcode'),
    ...text('postcode', 'address-postalcode'),
    ...text('practice', 'general-practitioner'),
    ...text('email', 'email'),
    ...text('phone', 'phone'),
    fuzzy,
    exact: readFlag(query, '_exact-match'),
    history: fuzzy || readFlag(query, '_history'),
    max: readMax(query, most),
  };
  if (!query.has('birthdate'))
    throw problem(VALUE_MISSING, "Missing value - 'birth_date/birth_date_range_start/birth_date_range_end'", {
      at: 'birthdate',
    });
  checkMinimum(search);
  return search;
};
