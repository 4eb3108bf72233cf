import { INVALID_PARAMETER, problem } from '../../problem.ts';
import type { Condition } from './condition.ts';
import { meetsAll } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { OPEN } from './index-values.ts';
import { type IndexedType, searchParameters } from './parameters.ts';
import { chooseDrive, type Drive, selectKeys, type Target } from './plan.ts';
import { APART, SqlText } from './sql-text.ts';

/** One key of `_sort`. A resource with several values goes by the least of them, descending by the greatest. */
export interface SortKey {
  readonly table: string;
  /** Absent for the id, which is a column of the resource. */
  readonly param?: number;
  readonly column: string;
  /** Columns that tell apart the rows of one resource that have the same value. */
  readonly apart: readonly string[];
  readonly descending: boolean;
  /** Stands in for a value that is not there: after all others, whichever the direction. */
  readonly last: string | number;
}

const SORT_MAX = 4;

const COLUMN: Readonly<Record<IndexedType, readonly [table: string, column: string, ...apart: string[]]>> = {
  string: ['search_string', 'norm', 'exact'],
  token: ['search_token', 'code', 'system'],
  uri: ['search_token', 'code', 'system'],
  date: ['search_date', 'lo'],
  reference: ['search_reference', 'target'],
  number: ['search_quantity', 'lo', 'system', 'code', 'unit'],
  quantity: ['search_quantity', 'lo', 'system', 'code', 'unit'],
};

/** Reads `_sort=family,-birthdate`; throws INVALID_PARAMETER for what is no parameter of the type. */
export const readSort = (type: string, value: string): readonly SortKey[] => {
  const names = value.split(',').filter((name) => name !== '');
  if (names.length > SORT_MAX)
    throw problem(INVALID_PARAMETER, `_sort takes at most ${SORT_MAX} keys`, { at: '_sort' });
  return names.map((name) => {
    const descending = name.startsWith('-');
    const code = descending ? name.slice(1) : name;
    const parameter = searchParameters(type).get(code);
    if (parameter === undefined) {
      throw problem(INVALID_PARAMETER, `_sort: ${code.slice(0, 64)} is no search parameter of ${type}`, {
        at: '_sort',
      });
    }
    if (code === '_id')
      return { table: 'fhir_resource', column: 'id', apart: [], descending, last: descending ? '' : '\u{10FFFF}' };
    const [table, ascending, ...others] = COLUMN[parameter.type];
    const isNumber = ascending === 'lo';
    const column = isNumber && descending ? 'hi' : ascending;
    const apart = isNumber ? [descending ? 'lo' : 'hi', ...others] : others;
    const last = isNumber ? (descending ? -OPEN : OPEN) : descending ? '' : '\u{10FFFF}';
    return { table, param: parameter.param, column, apart, descending, last };
  });
};

export interface Sorted {
  readonly rk: number;
  readonly keys: readonly (string | number)[];
}

/** The rows of the key's own parameter; an empty text stands for a value that nothing finds, and is none here. */
const own = (key: SortKey, sql: SqlText, row: string): string => {
  if (key.param === undefined) return `${row}.deleted = 0`;
  const some = typeof key.last === 'string' ? ` and ${row}.${key.column} <> ''` : '';
  return `${row}.param = ${sql.bind(key.param)}${some}`;
};

/** More values of one resource than these do not take part in sorting. */
const VALUES_MAX = 1000;

/**
 * The key's value of one resource. The limit keeps SQLite from merging the two selects: it would then look for the extreme
 * of the whole index instead of reading the resource's few rows.
 */
const bestValue = (key: SortKey, sql: SqlText, space: string, rk: string): string => {
  const [row, values] = [sql.alias(), sql.alias()];
  const best = `${key.descending ? 'max' : 'min'}(${values}.v)`;
  const where = `${row}.space = ${space} and ${row}.rk = ${rk} and ${own(key, sql, row)}`;
  const few = `select ${row}.${key.column} as v from ${key.table} ${row} where ${where} limit ${VALUES_MAX}`;
  return `coalesce((select ${best} from (${few}) ${values}), ${sql.bind(key.last)})`;
};

/** True for what comes after the cursor in the order of the keys, then of `rk`. */
const afterCursor = (
  sql: SqlText,
  keys: readonly SortKey[],
  names: readonly string[],
  rk: string,
  cursor: Cursor,
  from: number,
): string => {
  const key = keys[from];
  const name = names[from];
  if (key === undefined || name === undefined) return `${rk} > ${sql.bind(cursor.rk)}`;
  const value = cursor.keys[from] ?? key.last;
  const further = `${name} ${key.descending ? '<' : '>'} ${sql.bind(value)}`;
  return `(${further} or (${name} = ${sql.bind(value)} and ${afterCursor(sql, keys, names, rk, cursor, from + 1)}))`;
};

const orderBy = (keys: readonly SortKey[], from: number): string =>
  [...keys.map((key, index) => `k${index} ${key.descending ? 'desc' : 'asc'}`).slice(from), 'rk'].join(', ');

type KeyedRow = Readonly<Record<string, string | number>>;

const read = async ({ reader }: Target, sql: SqlText, text: string, keys: readonly SortKey[]): Promise<Sorted[]> => {
  const rows = await reader.query<KeyedRow>(text, sql.params);
  return rows.map((row) => ({
    rk: Number(row.rk),
    keys: keys.map((key, index) => row[`k${index}`] ?? key.last),
  }));
};

/** Sorts a whole set: for one that is small, and for what has no value of the first key. */
const sortSet = (
  target: Target,
  inner: (sql: SqlText) => string,
  keys: readonly SortKey[],
  cursor: Cursor | undefined,
  limit: number,
): Promise<Sorted[]> => {
  const sql = new SqlText(target.store);
  const set = inner(sql);
  const space = sql.space(target.type);
  const values = keys.map((key, index) => `${bestValue(key, sql, space, 'd.rk')} as k${index}`);
  const names = keys.map((_, index) => `q.k${index}`);
  const after = cursor === undefined ? '' : ` where ${afterCursor(sql, keys, names, 'q.rk', cursor, 0)}`;
  const text = `select * from (select d.rk as rk, ${values.join(', ')} from (${set}) d) q${after} order by ${orderBy(keys, 0)} limit ${limit}`;
  return read(target, sql, text, keys);
};

/**
 * Walks the first key's index in its order; a resource counts where its best row stands, and so once. With a DISTINCT instead
 * PostgreSQL would read the whole index for each page.
 */
const walkIndex = (
  target: Target,
  first: SortKey,
  keys: readonly SortKey[],
  conditions: readonly Condition[],
  cursor: Cursor | undefined,
  limit: number,
): Promise<Sorted[]> => {
  const sql = new SqlText(target.store);
  const [row, better] = [sql.alias(), sql.alias()];
  const value = `${row}.${first.column}`;
  const start = cursor?.keys[0];
  const tests = [`${row}.space = ${sql.space(target.type)}`, own(first, sql, row)];
  if (start !== undefined) tests.push(`${value} ${first.descending ? '<=' : '>='} ${sql.bind(start)}`);
  if (first.param !== undefined) {
    const same = `${better}.space = ${row}.space and ${better}.rk = ${row}.rk and ${better}.param = ${row}.param`;
    const rowOf = (alias: string): string =>
      [first.column, ...first.apart].map((name) => `${alias}.${name}`).join(', ');
    const best = `(${rowOf(better)}) ${first.descending ? '>' : '<'} (${rowOf(row)})`;
    tests.push(`not exists (select 1 from ${first.table} ${better} where ${same} and ${best}${APART})`);
  }
  const names = [value, ...keys.slice(1).map((key) => bestValue(key, sql, `${row}.space`, `${row}.rk`))];
  if (cursor !== undefined) tests.push(afterCursor(sql, keys, names, `${row}.rk`, cursor, 0));
  const rest = meetsAll(conditions, sql, `${row}.space`, `${row}.rk`);
  const columns = names.map((name, index) => `${name} as k${index}`).join(', ');
  const text = `select ${row}.rk as rk, ${columns} from ${first.table} ${row} where ${tests.join(' and ')}${rest} order by ${orderBy(keys, 0)} limit ${limit}`;
  return read(target, sql, text, keys);
};

/** The next `limit` resources in the order asked for, after the cursor. */
export const sortedPage = async (
  target: Target,
  conditions: readonly Condition[],
  keys: readonly SortKey[],
  cursor: Cursor | undefined,
  limit: number,
): Promise<Sorted[]> => {
  const [first] = keys;
  if (first === undefined) return [];
  const drive = await chooseDrive(target, conditions, true);
  const all = (each: Drive) => (sql: SqlText) => selectKeys(sql, target.type, each, -1, undefined);
  if (drive.small) return sortSet(target, all(drive), keys, cursor, limit);
  const pastValues = cursor !== undefined && cursor.keys[0] === first.last;
  const found = pastValues ? [] : await walkIndex(target, first, keys, conditions, cursor, limit);
  if (found.length >= limit || first.param === undefined) return found;
  const valued = { table: first.table, ordered: false, match: (sql: SqlText, row: string) => own(first, sql, row) };
  const without: Drive = { others: [...conditions, { scans: [valued], negated: true }], small: false };
  const start = pastValues ? cursor : undefined;
  return [...found, ...(await sortSet(target, all(without), keys, start, limit - found.length))];
};
