import type { DateRange, PdsSearch } from './pds-query.ts';
import { plainName, soundex } from './pds-soundex.ts';

/**
 * How alike a record and a search are. PDS publishes no formula, only that 1.0 is an exact match and that mismatches in what
 * a fuzzy search ignores lower the score: these weights are ours.
 */
const WILDCARD = 0.95;
const HISTORIC = 0.9;
const SOUNDS_ALIKE = 0.85;
const EXCHANGED = 0.8;
const MISMATCH = 0.9;
const NO = 0;

type Period = fhir4.Period | undefined;
const ended = (period: Period, today: string): boolean => period?.end !== undefined && period.end.slice(0, 10) < today;

const inRange = (date: string | undefined, { from, to }: DateRange): boolean => {
  const day = date?.slice(0, 10);
  return day !== undefined && (from === undefined || day >= from) && (to === undefined || day <= to);
};

/** Equal, or as the pattern's wildcards say; in time linear to the value, whatever the pattern. */
const like = (value: string, pattern: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return value === pattern;
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= value.length - last.length;
};
const certainty = (pattern: string): number => (pattern.includes('*') ? WILDCARD : 1);

const familyScore = (name: fhir4.HumanName, wanted: string): number =>
  like(plainName(name.family ?? ''), plainName(wanted)) ? certainty(wanted) : NO;

/** Given names in order; those that were not asked for do not count, and `John Paul` may be one name or two. */
const givenScore = (name: fhir4.HumanName, wanted: readonly string[]): number => {
  if (wanted.length === 0) return 1;
  const has = plainName((name.given ?? []).join(' '));
  const asked = plainName(wanted.join(' '));
  return like(has, asked) || like(has, `${asked} *`) ? certainty(wanted.join('')) : NO;
};

const soundScore = (has: string, wanted: string): number => {
  if (plainName(has) === plainName(wanted)) return 1;
  const code = soundex(wanted);
  return code !== '' && soundex(has) === code ? SOUNDS_ALIKE : NO;
};

const fuzzyScore = (name: fhir4.HumanName, search: PdsSearch): number => {
  const family = name.family ?? '';
  const first = name.given?.[0] ?? '';
  const [wantedFirst] = search.given;
  const straight =
    (search.family === undefined ? 1 : soundScore(family, search.family)) *
    (wantedFirst === undefined ? 1 : Math.max(givenScore(name, search.given), soundScore(first, wantedFirst)));
  if (search.family === undefined || wantedFirst === undefined) return straight;
  return Math.max(straight, EXCHANGED * soundScore(first, search.family) * soundScore(family, wantedFirst));
};

const CURRENT_NAMES: readonly (string | undefined)[] = ['usual', 'nickname', 'temp', 'official', undefined];

/** The best of the alternatives, where those that are past count a little less and only if history is looked at. */
const best = <T>(
  items: readonly T[] | undefined,
  past: (item: T) => boolean,
  history: boolean,
  score: (item: T) => number,
) =>
  (items ?? []).reduce((top, item) => {
    const old = past(item);
    return old && !history ? top : Math.max(top, score(item) * (old ? HISTORIC : 1));
  }, NO);

const nameScore = (patient: fhir4.Patient, search: PdsSearch, today: string): number =>
  best(
    patient.name,
    (name) => !CURRENT_NAMES.includes(name.use) || ended(name.period, today),
    search.history,
    (name) =>
      search.fuzzy
        ? fuzzyScore(name, search)
        : (search.family === undefined ? 1 : familyScore(name, search.family)) * givenScore(name, search.given),
  );

const compact = (text: string): string => text.replaceAll(/\s/g, '').toUpperCase();

const postcodeScore = (patient: fhir4.Patient, search: PdsSearch, today: string): number => {
  const wanted = search.postcode;
  if (wanted === undefined) return 1;
  const matches = (address: fhir4.Address) =>
    like(compact(address.postalCode ?? ''), compact(wanted)) ? certainty(wanted) : NO;
  return best(patient.address, (one) => one.use === 'old' || ended(one.period, today), search.history, matches);
};

const telecomScore = (patient: fhir4.Patient, search: PdsSearch, system: 'email' | 'phone', today: string): number => {
  const wanted = search[system];
  if (wanted === undefined) return 1;
  const matches = (point: fhir4.ContactPoint) =>
    point.system === system && compact(point.value ?? '') === compact(wanted) ? 1 : NO;
  return best(patient.telecom, (one) => one.use === 'old' || ended(one.period, today), search.history, matches);
};

const practiceHolds = (patient: fhir4.Patient, wanted: string): boolean =>
  (patient.generalPractitioner ?? []).some((one) => compact(one.identifier?.value ?? '') === compact(wanted));

/** 0 where the record does not match at all, up to 1; `today` is yyyy-mm-dd on the sandbox clock. */
export const scoreOf = (patient: fhir4.Patient, search: PdsSearch, today: string): number => {
  if (!inRange(patient.birthDate, search.birthDate)) return NO;
  if (search.gender !== undefined && patient.gender !== search.gender) return NO;
  // A fuzzy search does not look for these two, but marks a record down where they differ.
  const either = search.fuzzy ? MISMATCH : NO;
  const died = search.deathDate === undefined || inRange(patient.deceasedDateTime, search.deathDate) ? 1 : either;
  const registered = search.practice === undefined || practiceHolds(patient, search.practice) ? 1 : either;
  const score =
    nameScore(patient, search, today) *
    postcodeScore(patient, search, today) *
    telecomScore(patient, search, 'email', today) *
    telecomScore(patient, search, 'phone', today) *
    died *
    registered;
  return Math.round(score * 10_000) / 10_000;
};
