import { INVALID_PARAMETER, problem } from '../../problem.ts';
import type { Reader } from '../../sql/port.ts';
import { fitting } from '../answer-size.ts';
import { resourceTypes, typeIndex } from '../definitions/types.ts';
import { typeOfSpace } from '../space-of-type.ts';
import type { StoredResource } from '../stored.ts';
import { spacesInUse } from '../tables.ts';
import { type Condition, weightOf } from './condition.ts';
import { includesOf, readIncluded } from './include.ts';
import type { IndexedStore } from './indexed-store.ts';
import { countMatches, SMALL } from './plan.ts';
import {
  catchUpFor,
  nextPage,
  pageOf,
  parseSearch,
  type Search,
  type SearchOptions,
  type SearchResult,
} from './query.ts';
import type { Sorted, SortKey } from './sort.ts';
import { readByKeys } from './stored-rows.ts';

/** One search over several types: the same page, order and cursor for all of them. */
export interface SeveralSearch {
  /** One for each type, alike but for the type. */
  readonly searches: readonly Search[];
  readonly self: string;
  readonly ignored: readonly string[];
}

export interface SeveralOptions extends SearchOptions {
  readonly types: readonly string[];
  /** What a resource of each type has to meet besides. */
  readonly also?: (type: string) => readonly Condition[];
}

/** It has the parameters that all types have and no other: what it does not know is not common to all. */
const PLAINEST = 'Binary';
/** Each type is looked through by itself, so look-ups count for each. */
const LOOKUPS_MAX = 4000;

/**
 * Reads the parameters of a search over several types, which all of them have to have: one that some lack is unknown (FHIR
 * R4 http.html#search). `named`: whether the caller chose the types; else what is common to all resources is.
 */
export const parseSeveral = (query: URLSearchParams, named: boolean, options: SeveralOptions): SeveralSearch => {
  const { types, also, handling, ...rest } = options;
  const judged = named ? types : [...types, PLAINEST];
  const passing = handling === undefined ? {} : { handling };
  const unknown = new Set(judged.flatMap((type) => parseSearch(type, query, { ...rest, ...passing }).ignored));
  const known = new URLSearchParams([...query].filter(([name]) => !unknown.has(name)));
  const searches = types.map((type) => {
    const search = parseSearch(type, known, rest);
    return also === undefined ? search : { ...search, conditions: [...also(type), ...search.conditions] };
  });
  const lookups = searches.flatMap(({ conditions }) => conditions.map(weightOf)).reduce((sum, each) => sum + each, 0);
  if (lookups > LOOKUPS_MAX)
    throw problem(
      INVALID_PARAMETER,
      `The parameters name too many values for ${types.length} types (${lookups} look-ups); name fewer types by _type, or ask in several searches`,
      { at: '_type' },
    );
  const self = parseSearch(types[0] ?? PLAINEST, known, rest).self;
  return { searches, self, ignored: [...unknown] };
};

/** The types of which the store has, or had, any resource. */
export const typesStored = async (reader: Reader, store: number): Promise<readonly string[]> =>
  (await spacesInUse(reader, store)).map(typeOfSpace);

interface Place extends Sorted {
  readonly type: string;
}

/** Texts as the store sorts them, byte by byte. */
const compareValues = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));

/** `rk` counts through all types of a sandbox, so it puts equals in order here too. */
const inOrder =
  (sort: readonly SortKey[]) =>
  (a: Place, b: Place): number => {
    for (const [index, key] of sort.entries()) {
      const difference = compareValues(a.keys[index] ?? key.last, b.keys[index] ?? key.last);
      if (difference !== 0) return key.descending ? -difference : difference;
    }
    return a.rk - b.rk;
  };

const readPlaces = async (reader: Reader, store: number, places: readonly Place[]): Promise<StoredResource[]> => {
  const found = new Map<number, StoredResource>();
  for (const [type, alike] of Map.groupBy(places, (place) => place.type)) {
    const keys = alike.map(({ rk }) => rk);
    for (const resource of await readByKeys(reader, store, type, keys)) found.set(resource.rk, resource);
  }
  return places.flatMap(({ rk }) => found.get(rk) ?? []);
};

const total = async (reader: Reader, store: number, searches: readonly Search[]): Promise<number> => {
  let count = 0;
  for (const { type, conditions } of searches)
    count += await countMatches({ reader, store, type, small: SMALL }, conditions);
  return count;
};

/** A page of matches of all the types together, in one order, and what is to come along with them. */
export const runSeveral = async (where: IndexedStore, { searches, self }: SeveralSearch): Promise<SearchResult> => {
  const [first] = searches;
  if (first === undefined) return { matches: [], included: [], total: 0, self };
  await catchUpFor(where, searches);
  const { sql: reader, store } = where;
  const { count, sort, cursor, wantsTotal } = first;
  const includes = includesOf(searches);
  if (count === 0) return { matches: [], included: [], total: await total(reader, store, searches), self };
  const places: Place[] = [];
  for (const search of searches) {
    const { type } = search;
    const page = await pageOf({ reader, store, type, small: SMALL }, search, count + 1);
    places.push(...page.map((sorted) => ({ ...sorted, type })));
  }
  places.sort(inOrder(sort));
  const page = places.slice(0, count);
  const read = await readPlaces(reader, store, page);
  const matches = read.slice(0, fitting(read));
  const end = matches.at(-1)?.rk;
  const last = matches.length < read.length ? page.find(({ rk }) => rk === end) : page.at(-1);
  const hasNext = last !== undefined && last !== places.at(-1);
  const included = includes.length === 0 ? [] : await readIncluded(reader, store, matches, includes);
  const isWhole = !hasNext && cursor === undefined;
  const counted = isWhole ? matches.length : wantsTotal ? await total(reader, store, searches) : undefined;
  return {
    matches,
    included,
    ...(hasNext ? { next: nextPage(self, last) } : {}),
    ...(counted === undefined ? {} : { total: counted }),
    self,
  };
};

/** `_type=Patient,Observation`, as far as it names types at all: for the caller's own words about those that it does not. */
export const readTypes = (
  query: URLSearchParams,
  possible: readonly string[] = resourceTypes(),
): readonly string[] | undefined => {
  const values = query.getAll('_type').flatMap((value) => value.split(','));
  const types = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
  if (types.length === 0) return undefined;
  for (const type of types) {
    if (typeIndex(type) === undefined)
      throw problem(INVALID_PARAMETER, `_type: '${type.slice(0, 64)}' is no resource type of FHIR R4`, { at: '_type' });
    if (!possible.includes(type))
      throw problem(INVALID_PARAMETER, `_type: ${type} is not one of the types that are searched here`, {
        at: '_type',
      });
  }
  return types;
};
