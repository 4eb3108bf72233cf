import { APART, type SqlText } from './sql-text.ts';

/** One way to be found: rows of a table that has `space` and `rk`. */
export interface Scan {
  readonly table: string;
  /** Whether the rows come out by `rk` when they are read by the table's key: equality of all that stands before it. */
  readonly ordered: boolean;
  /** How many look-ups it is written as; 1 when absent. */
  readonly weight?: number;
  /** Other types whose index it reads, in chains. */
  readonly types?: readonly string[];
  /** True for the rows that match, besides `space`; written for the test of one resource. */
  match(sql: SqlText, alias: string): string;
  /** The same, written for reading all that match, where that is another way. */
  drive?(sql: SqlText, alias: string): string;
}

/** A resource meets it when one of the scans finds it; or, negated, when none does. */
export interface Condition {
  readonly scans: readonly Scan[];
  readonly negated: boolean;
}

/** How many look-ups a condition is written as, those inside chains among them. */
export const weightOf = ({ scans }: Condition): number => scans.reduce((sum, { weight = 1 }) => sum + weight, 0);

/** The types whose index a condition reads, besides the type that is searched. */
export const typesOf = ({ scans }: Condition): readonly string[] => scans.flatMap(({ types = [] }) => types);

/**
 * SQL that is true for the resource at `space` and `rk` (both SQL) when it meets the condition. The `+ 0` keeps SQLite from
 * carrying `rk > …` of the outer select over to the inner one and walking from there instead of looking up one row.
 */
export const meets = ({ scans, negated }: Condition, sql: SqlText, space: string, rk: string): string => {
  const found = scans.map((scan) => {
    const alias = sql.alias();
    const row = `${alias}.space = ${space} and ${alias}.rk = ${rk} + 0`;
    return `exists (select 1 from ${scan.table} ${alias} where ${row} and ${scan.match(sql, alias)}${APART})`;
  });
  const any = found.length === 0 ? '1 = 0' : `(${found.join(' or ')})`;
  return negated ? `not ${any}` : any;
};

export const meetsAll = (conditions: readonly Condition[], sql: SqlText, space: string, rk: string): string =>
  conditions.map((condition) => ` and ${meets(condition, sql, space, rk)}`).join('');

/** Rows of an index table for one parameter. */
export const indexScan = (
  table: string,
  param: number,
  ordered: boolean,
  test: (sql: SqlText, alias: string) => string,
): Scan => ({
  table,
  ordered,
  match: (sql, alias) => `${alias}.param = ${sql.bind(param)} and ${test(sql, alias)}`,
});

/** Resources by their id: at most one row each. */
export const idScan = (ids: readonly string[]): Scan => ({
  table: 'fhir_resource',
  ordered: ids.length === 1,
  match: (sql, alias) => `${alias}.id in (${sql.bindAll(ids)}) and ${alias}.deleted = 0`,
});

/** The `expression` (SQL over row `i`'s resource) for all resources of a type that meet the condition by its scans. */
const everyMatch = (
  condition: Condition,
  sql: SqlText,
  type: string,
  table: string,
  select: (joined: string) => { readonly value: string; readonly where: string },
): string =>
  condition.scans
    .map((scan) => {
      const [inner, joined] = [sql.alias(), sql.alias()];
      const { value, where } = select(joined);
      const rows = `${inner}.space = ${sql.space(type)} and ${(scan.drive ?? scan.match)(sql, inner)}`;
      const join = `${joined}.space = ${sql.space(type)} and ${joined}.rk = ${inner}.rk and ${where}`;
      return `select ${value} from ${scan.table} ${inner} cross join ${table} ${joined} where ${rows} and ${join}`;
    })
    .join(' union all ');

/** Resources with a reference to one of `type` that meets the condition (search.html#chaining). */
export const chainScan = (param: number, type: string, target: Condition): Scan => {
  const local = (sql: SqlText, alias: string): string =>
    `${alias}.param = ${sql.bind(param)} and ${alias}.target >= ${sql.bind(`${type}/`)} and ${alias}.target < ${sql.bind(`${type}0`)}`;
  const match = (sql: SqlText, alias: string): string => {
    const to = sql.alias();
    const row = `${to}.space = ${sql.space(type)} and ${to}.id = substr(${alias}.target, ${type.length + 2})`;
    const inner = meets(target, sql, `${to}.space`, `${to}.rk`);
    return `${local(sql, alias)} and exists (select 1 from fhir_resource ${to} where ${row} and ${to}.deleted = 0 and ${inner}${APART})`;
  };
  const drive = (sql: SqlText, alias: string): string => {
    const targets = everyMatch(target, sql, type, 'fhir_resource', (joined) => ({
      value: `'${type}/' || ${joined}.id`,
      where: `${joined}.deleted = 0`,
    }));
    return `${alias}.param = ${sql.bind(param)} and ${alias}.target in (${targets})`;
  };
  const driven = !target.negated && target.scans.length > 0;
  const weight = weightOf(target);
  const types = [type, ...typesOf(target)];
  return { table: 'search_reference', ordered: false, weight, types, match, ...(driven ? { drive } : {}) };
};

/** Resources of `type` that one of `from` refers to by `param`, where that one meets the condition (search.html#has). */
export const hasScan = (type: string, from: string, param: number, source: Condition): Scan => {
  const match = (sql: SqlText, alias: string): string => {
    const by = sql.alias();
    const row = `${by}.space = ${sql.space(from)} and ${by}.param = ${sql.bind(param)} and ${by}.target = '${type}/' || ${alias}.id`;
    const inner = meets(source, sql, `${by}.space`, `${by}.rk`);
    return `${alias}.deleted = 0 and exists (select 1 from search_reference ${by} where ${row} and ${inner}${APART})`;
  };
  const drive = (sql: SqlText, alias: string): string => {
    const ids = everyMatch(source, sql, from, 'search_reference', (joined) => ({
      value: `substr(${joined}.target, ${type.length + 2})`,
      where: `${joined}.param = ${sql.bind(param)} and ${joined}.target >= '${type}/' and ${joined}.target < '${type}0'`,
    }));
    return `${alias}.deleted = 0 and ${alias}.id in (${ids})`;
  };
  const driven = !source.negated && source.scans.length > 0;
  const weight = weightOf(source);
  const types = [from, ...typesOf(source)];
  return { table: 'fhir_resource', ordered: false, weight, types, match, ...(driven ? { drive } : {}) };
};
