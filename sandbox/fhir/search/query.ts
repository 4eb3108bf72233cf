import { INVALID_PARAMETER, type ProblemError, problem } from '../../problem.ts';
import { fitting } from '../answer-size.ts';
import { spaceOfType } from '../space-of-type.ts';
import type { StoredResource } from '../stored.ts';
import { catchUp } from './catch-up.ts';
import { type Condition, typesOf } from './condition.ts';
import { type CriteriaOptions, readCriterion } from './criteria.ts';
import { CURSOR_PARAMETER, type Cursor, readCursor, writeCursor } from './cursor.ts';
import { checkEffort } from './effort.ts';
import { type Include, readInclude, readIncluded } from './include.ts';
import type { IndexedStore } from './indexed-store.ts';
import { chooseDrive, countMatches, SMALL, selectKeys, type Target } from './plan.ts';
import { readSort, type Sorted, type SortKey, sortedPage } from './sort.ts';
import { SqlText } from './sql-text.ts';
import { readByKeys } from './stored-rows.ts';
import { requireIgnorable } from './unknown.ts';

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

export interface SearchOptions extends CriteriaOptions {
  /** What becomes of a parameter that is not known: unknown.ts. */
  readonly handling?: 'strict' | 'lenient';
  /** Parameters that are the caller's own: they select nothing here, but stand in `self`. */
  readonly besides?: readonly string[];
  /** Matches on a page when `_count` is not given, and at most. */
  readonly defaultCount?: number;
  readonly maxCount?: number;
}

/** A search as it will be run. */
export interface Search {
  readonly type: string;
  readonly conditions: readonly Condition[];
  readonly sort: readonly SortKey[];
  readonly includes: readonly Include[];
  readonly count: number;
  readonly cursor?: Cursor;
  readonly wantsTotal: boolean;
  /** How the resources are to be shown; that is for whoever renders them. */
  readonly summary: Summary;
  readonly elements: readonly string[];
  /** The parameters that were used, as a query string without `?`: what the searchset's `self` link shows. */
  readonly self: string;
  /** Names of parameters that were ignored. */
  readonly ignored: readonly string[];
}

export interface SearchResult {
  readonly matches: StoredResource[];
  readonly included: StoredResource[];
  /** The query string of the next page, without `?`; absent on the last one. */
  readonly next?: string;
  /** How many match in all: where it was asked for, or is known anyway. */
  readonly total?: number;
  readonly self: string;
}

const DEFAULT_COUNT = 50;
const MAX_COUNT = 500;
const PARAMETERS_MAX = 60;
const SUMMARIES: readonly Summary[] = ['true', 'text', 'data', 'count', 'false'];
const TOTALS = ['none', 'estimate', 'accurate'];
/** Parameters of the answer's form, which do not select. */
const FORM: ReadonlySet<string> = new Set(['_format', '_pretty']);

const refused = (at: string, detail: string): ProblemError => problem(INVALID_PARAMETER, detail, { at });

const oneOf = <T extends string>(name: string, value: string, allowed: readonly T[]): T => {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw refused(name, `${name} must be one of ${allowed.join(', ')}`);
  return found;
};

const readCount = (value: string, most: number): number => {
  if (!/^\d{1,15}$/.test(value)) throw refused('_count', '_count must be a whole number');
  return Math.min(Number(value), most);
};

/**
 * Reads the parameters of a search of one type (FHIR R4 search.html). Throws INVALID_PARAMETER, naming the parameter: for a
 * value, modifier or chain that cannot be served always, for a parameter that is not known as unknown.ts says.
 */
export const parseSearch = (type: string, query: URLSearchParams, options: SearchOptions = {}): Search => {
  if (query.size > PARAMETERS_MAX)
    throw problem(INVALID_PARAMETER, `A search takes at most ${PARAMETERS_MAX} parameters`);
  const conditions: Condition[] = [];
  const includes: Include[] = [];
  const used = new URLSearchParams();
  const ignored: string[] = [];
  let sort: readonly SortKey[] = [];
  let count = Math.min(options.defaultCount ?? DEFAULT_COUNT, options.maxCount ?? MAX_COUNT);
  let summary: Summary = 'false';
  let wantsTotal = false;
  let elements: readonly string[] = [];
  let cursor: string | undefined;
  for (const [name, value] of query) {
    if (name.includes('\0') || value.includes('\0')) throw refused('?', 'A parameter must not contain NUL');
    if (name === CURSOR_PARAMETER) {
      cursor = value;
      continue;
    }
    let shown = value;
    if (name === '_sort') sort = readSort(type, value);
    else if (name === '_count') {
      count = readCount(value, options.maxCount ?? MAX_COUNT);
      shown = String(count);
    } else if (name === '_summary') summary = oneOf(name, value, SUMMARIES);
    else if (name === '_total') wantsTotal = oneOf(name, value, TOTALS) !== 'none';
    else if (name === '_elements') elements = value.split(',').filter((each) => each !== '');
    else if (/^_(?:rev)?include(?::|$)/.test(name)) includes.push(readInclude(name, value, type));
    else if (!FORM.has(name) && !options.besides?.includes(name)) {
      const condition = readCriterion(type, name, value, options);
      if (condition === undefined) {
        requireIgnorable(type, name, value, options.handling);
        ignored.push(name);
        continue;
      }
      conditions.push(condition);
    }
    used.append(name, shown);
  }
  checkEffort(conditions);
  return {
    type,
    conditions,
    sort,
    includes,
    count: summary === 'count' ? 0 : count,
    ...(cursor === undefined
      ? {}
      : {
          cursor: readCursor(
            cursor,
            sort.map(({ last }) => (typeof last === 'string' ? 'string' : 'number')),
          ),
        }),
    wantsTotal,
    summary,
    elements,
    self: used.toString(),
    ignored,
  };
};

/** The next `limit` matches after the cursor, in their order. */
export const pageOf = async (
  target: Target,
  { conditions, sort, cursor }: Search,
  limit: number,
): Promise<readonly Sorted[]> => {
  if (sort.length > 0) return sortedPage(target, conditions, sort, cursor, limit);
  const sql = new SqlText(target.store);
  const drive = await chooseDrive(target, conditions, false);
  const text = selectKeys(sql, target.type, drive, cursor?.rk ?? -1, limit);
  const rows = await target.reader.query<{ rk: number }>(text, sql.params);
  return rows.map(({ rk }) => ({ rk, keys: [] }));
};

export const nextPage = (self: string, last: Cursor): string => {
  const query = new URLSearchParams(self);
  query.append(CURSOR_PARAMETER, writeCursor(last));
  return query.toString();
};

/** The resources of a page, and the last that it goes up to: it is cut short where they are very large. */
const readPage = async (
  { reader, store, type }: Target,
  page: readonly Sorted[],
): Promise<{ readonly matches: StoredResource[]; readonly last: Sorted | undefined }> => {
  const keys = page.map(({ rk }) => rk);
  const read = await readByKeys(reader, store, type, keys);
  const matches = read.slice(0, fitting(read));
  const end = matches.at(-1)?.rk;
  // What was deleted meanwhile is in no answer, so only a page that was cut ends before its last key.
  return { matches, last: matches.length < read.length ? page.find(({ rk }) => rk === end) : page.at(-1) };
};

/** Whatever index it reads is made complete first. */
export const catchUpFor = (where: IndexedStore, searches: readonly Search[]): Promise<void> => {
  const typesIn = ({ type, conditions, includes }: Search): readonly string[] => [
    type,
    ...conditions.flatMap(typesOf),
    ...includes.map(({ source }) => source),
  ];
  const types = new Set(searches.flatMap(typesIn));
  return catchUp(
    where,
    [...types].map((each) => spaceOfType(where.store, each)),
  );
};

/**
 * Runs a search in a store: one page of matches, in order of creation or as sorted, and what is to come along. Sets below
 * `small` are read whole (plan.ts).
 */
export const runSearch = async (where: IndexedStore, search: Search, small: number = SMALL): Promise<SearchResult> => {
  await catchUpFor(where, [search]);
  const { sql: reader, store } = where;
  const target = { reader, store, type: search.type, small };
  const { self, count } = search;
  if (count === 0) {
    return { matches: [], included: [], total: await countMatches(target, search.conditions), self };
  }
  const found = await pageOf(target, search, count + 1);
  const { matches, last } = await readPage(target, found.slice(0, count));
  const hasNext = last !== undefined && last !== found.at(-1);
  const included = search.includes.length === 0 ? [] : await readIncluded(reader, store, matches, search.includes);
  const isWhole = !hasNext && search.cursor === undefined;
  const total = isWhole
    ? matches.length
    : search.wantsTotal
      ? await countMatches(target, search.conditions)
      : undefined;
  return {
    matches,
    included,
    ...(hasNext ? { next: nextPage(self, last) } : {}),
    ...(total === undefined ? {} : { total }),
    self,
  };
};

/** The first `limit` matches: for conditional interactions, where an unknown parameter is always refused (http.html#ccreate). */
export const findMatches = async (
  where: IndexedStore,
  type: string,
  query: URLSearchParams,
  limit: number,
  options: SearchOptions = {},
): Promise<StoredResource[]> => {
  const search = parseSearch(type, query, { ...options, handling: 'strict' });
  await catchUpFor(where, [search]);
  const { sql: reader, store } = where;
  const found = await pageOf({ reader, store, type, small: SMALL }, search, limit);
  return readByKeys(
    reader,
    store,
    type,
    found.map(({ rk }) => rk),
  );
};
