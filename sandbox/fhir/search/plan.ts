import type { Reader } from '../../sql/port.ts';
import { type Condition, meetsAll, type Scan } from './condition.ts';
import { SqlText } from './sql-text.ts';

/** A set smaller than this is read whole; a larger one is only ever walked in order, a page at a time. */
export const SMALL = 1000;

export interface Target {
  readonly reader: Reader;
  readonly store: number;
  readonly type: string;
  /** `SMALL`, unless a test wants to see large sets walked. */
  readonly small: number;
}

/** What to read first; every other condition is then tested resource by resource. */
export interface Drive {
  /** Absent: all resources of the type, by `rk`. */
  readonly condition?: Condition;
  readonly others: readonly Condition[];
  /** Whether the driving set is known to be small. */
  readonly small: boolean;
}

const isOrdered = ({ scans, negated }: Condition): boolean => !negated && scans.every((scan) => scan.ordered);

/** Counts what the scans find, as far as it stays small. */
const probe = async ({ reader, store, type, small }: Target, { scans }: Condition): Promise<number> => {
  let count = 0;
  for (const scan of scans) {
    const sql = new SqlText(store);
    const row = sql.alias();
    const rows = `${row}.space = ${sql.space(type)} and ${(scan.drive ?? scan.match)(sql, row)}`;
    const text = `select count(*) as n from (select 1 as one from ${scan.table} ${row} where ${rows} limit ${small}) p`;
    const [found] = await reader.query<{ n: number }>(text, sql.params);
    count += found?.n ?? 0;
    if (count >= small) return count;
  }
  return count;
};

/**
 * Chooses the driving condition. A condition whose rows come out in order needs no measuring when it is alone; else the
 * smallest set wins, if it is small; else one in order, else the resources themselves (conditions that many resources
 * meet fill a page soon).
 */
export const chooseDrive = async (
  target: Target,
  conditions: readonly Condition[],
  forSort: boolean,
): Promise<Drive> => {
  const without = (chosen: Condition): readonly Condition[] => conditions.filter((each) => each !== chosen);
  const [only, second] = conditions;
  if (only === undefined) return { others: [], small: false };
  if (second === undefined && isOrdered(only) && !forSort) return { condition: only, others: [], small: false };
  let smallest: Condition | undefined;
  let least = target.small;
  for (const condition of conditions) {
    if (condition.negated) continue;
    const count = await probe(target, condition);
    if (count < least) [smallest, least] = [condition, count];
    if (least === 0) break;
  }
  if (smallest !== undefined) return { condition: smallest, others: without(smallest), small: true };
  const ordered = conditions.find(isOrdered);
  return ordered === undefined
    ? { others: conditions, small: false }
    : { condition: ordered, others: without(ordered), small: false };
};

/** Leaves room for what is written between the measuring and the reading. */
const SMALL_READ = 4 * SMALL;

/** A select of `rk` for what the drive finds after `after`, each resource once, at most `limit`, in order of `rk`. */
export const selectKeys = (
  sql: SqlText,
  type: string,
  drive: Drive,
  after: number,
  limit: number | undefined,
): string => {
  const bound = limit === undefined ? '' : ` limit ${limit}`;
  const space = sql.space(type);
  const finish = (row: string, from: string): string => {
    const rest = meetsAll(drive.others, sql, space, `${row}.rk`);
    return `select distinct ${row}.rk as rk from ${from} and ${row}.rk > ${sql.bind(after)}${rest} order by ${row}.rk${bound}`;
  };
  const walk = (table: string, test: (row: string) => string): string => {
    const row = sql.alias();
    return finish(row, `${table} ${row} where ${row}.space = ${space} and ${test(row)}`);
  };
  // Without the limit SQLite would merge the two selects and, for the order's sake, walk every resource by `rk`.
  const gather = (scan: Scan): string => {
    const [row, set] = [sql.alias(), sql.alias()];
    const found = `${row}.space = ${space} and ${(scan.drive ?? scan.match)(sql, row)}`;
    const few = `select ${row}.rk as rk from ${scan.table} ${row} where ${found} limit ${SMALL_READ}`;
    return finish(set, `(${few}) ${set} where 1 = 1`);
  };
  if (drive.condition === undefined) return walk('fhir_resource', (row) => `${row}.deleted = 0`);
  const branches = drive.condition.scans.map((scan) =>
    scan.ordered && !drive.small ? walk(scan.table, (row) => scan.match(sql, row)) : gather(scan),
  );
  const [first] = branches;
  if (first === undefined) return walk('fhir_resource', () => '1 = 0');
  if (branches.length === 1) return first;
  const union = branches
    .map((each) => {
      const part = sql.alias();
      return `select ${part}.rk as rk from (${each}) ${part}`;
    })
    .join(' union all ');
  return `select distinct u.rk as rk from (${union}) u order by u.rk${bound}`;
};

/** How many resources meet the conditions: a full count, so only where it was asked for. */
export const countMatches = async (target: Target, conditions: readonly Condition[]): Promise<number> => {
  const drive = await chooseDrive(target, conditions, false);
  const sql = new SqlText(target.store);
  const keys = selectKeys(sql, target.type, drive, -1, undefined);
  const [row] = await target.reader.query<{ n: number }>(`select count(*) as n from (${keys}) c`, sql.params);
  return row?.n ?? 0;
};
