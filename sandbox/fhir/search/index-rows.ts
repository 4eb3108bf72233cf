import type { SqlValue, Tx } from '../../sql/port.ts';
import type { TypedValue } from './expression.ts';
import { indexValues, type Table } from './index-values.ts';
import { searchParameters } from './parameters.ts';

/** `rk` stands before the columns that only tell rows of one resource apart, as in the tables' keys. */
const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  search_token: ['param', 'code', 'system'],
  search_string: ['param', 'norm', 'exact'],
  search_date: ['param', 'lo', 'hi'],
  search_reference: ['param', 'target'],
  search_quantity: ['param', 'lo', 'hi', 'system', 'code', 'unit'],
};
const TABLES = Object.keys(COLUMNS) as readonly Table[];

/** Rows of one statement: few sizes, so that there are few statements to prepare. */
const SIZES = [16, 4, 1] as const;
const statements = new Map<string, string>();

const insertStatement = (table: Table, rows: number): string => {
  const key = `${table}/${rows}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const columns = COLUMNS[table];
  const width = columns.length + 2;
  const values = Array.from(
    { length: rows },
    (_, row) => `(${Array.from({ length: width }, (_column, index) => `$${1 + row * width + index}`).join(', ')})`,
  );
  const statement = `insert into ${table} (space, rk, ${columns.join(', ')}) values ${values.join(', ')} on conflict do nothing`;
  statements.set(key, statement);
  return statement;
};

/** All index rows of a resource. */
export const indexRows = (
  resource: { readonly resourceType: string },
  bases: readonly string[] | undefined,
  emit: (table: Table, values: readonly SqlValue[]) => void,
): void => {
  const found: TypedValue[] = [];
  for (const parameter of searchParameters(resource.resourceType).values()) {
    found.length = 0;
    parameter.extract?.(resource, found);
    if (found.length > 0) indexValues(parameter, found, bases, emit);
  }
};

/** A resource as it is served, with id and meta. References below `bases`, the URLs of its endpoint, are kept as relative ones. */
export interface Indexed {
  readonly rk: number;
  readonly resource: { readonly resourceType: string };
  readonly bases?: readonly string[];
}

/** Rows of one table: all values of theirs, one row after the other, by parameter. */
type Gathered = Map<SqlValue, SqlValue[]>;

const gather = (space: number, resources: readonly Indexed[]): ReadonlyMap<Table, Gathered> => {
  const tables = new Map<Table, Gathered>();
  for (const { rk, resource, bases } of resources) {
    indexRows(resource, bases, (table, values) => {
      const gathered = tables.get(table) ?? new Map<SqlValue, SqlValue[]>();
      tables.set(table, gathered);
      const param = values[0] ?? null;
      const rows = gathered.get(param);
      if (rows === undefined) gathered.set(param, [space, rk, ...values]);
      else rows.push(space, rk, ...values);
    });
  }
  return tables;
};

/**
 * Indexes resources of one space that have no index rows (after creation, or `unindexResource`). Rows go in by parameter, as
 * in the tables' keys: neighbours change the same pages, one after the other. To sort them whole costs what it saves.
 */
export const indexResources = async (tx: Tx, space: number, resources: readonly Indexed[]): Promise<void> => {
  for (const [table, gathered] of gather(space, resources)) {
    const values = [...gathered.values()].flat();
    const width = COLUMNS[table].length + 2;
    let start = 0;
    for (const size of SIZES) {
      const statement = insertStatement(table, size);
      for (; start + size * width <= values.length; start += size * width)
        await tx.query(statement, values.slice(start, start + size * width));
    }
  }
};

/** Removes all index rows of a resource. */
export const unindexResource = async (tx: Tx, space: number, rk: number): Promise<void> => {
  for (const table of TABLES) await tx.query(`delete from ${table} where space = $1 and rk = $2`, [space, rk]);
};
