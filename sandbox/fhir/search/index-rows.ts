import type { SqlValue, Tx } from '../../sql/port.ts';
import type { TypedValue } from './expression.ts';
import { type Emit, indexValues, type Table } from './index-values.ts';
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

/** A statement takes at most so many rows: few enough that there are few statements to prepare. */
const ROWS_MAX = 32;
const statements = new Map<string, string>();

const insertStatement = (table: Table, rows: number): string => {
  const key = `${table}/${rows}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const columns = COLUMNS[table];
  // $1 and $2 are the same for all rows: space and rk.
  const values = Array.from({ length: rows }, (_, row) => {
    const own = columns.map((_column, index) => `$${3 + row * columns.length + index}`);
    return `($1, $2, ${own.join(', ')})`;
  });
  const statement = `insert into ${table} (space, rk, ${columns.join(', ')}) values ${values.join(', ')} on conflict do nothing`;
  statements.set(key, statement);
  return statement;
};

/** All index rows of a resource, by table, each table's rows one after the other. */
export const indexRows = (
  resourceType: string,
  resource: unknown,
  bases?: readonly string[],
): ReadonlyMap<Table, readonly SqlValue[]> => {
  const rows = new Map<Table, SqlValue[]>();
  const emit: Emit = (table, values) => {
    const list = rows.get(table);
    if (list === undefined) rows.set(table, [...values]);
    else list.push(...values);
  };
  const found: TypedValue[] = [];
  for (const parameter of searchParameters(resourceType).values()) {
    found.length = 0;
    parameter.extract?.(resource, found);
    if (found.length > 0) indexValues(parameter, found, bases, emit);
  }
  return rows;
};

/**
 * Indexes a resource that has no index rows (after creation, or `unindexResource`). It takes the resource as it is served:
 * with id and meta. References below `bases`, the URLs of the server's own FHIR endpoint, are kept as relative ones.
 */
export const indexResource = async (
  tx: Tx,
  space: number,
  rk: number,
  resource: { readonly resourceType: string },
  options: { readonly bases?: readonly string[] } = {},
): Promise<void> => {
  for (const [table, values] of indexRows(resource.resourceType, resource, options.bases)) {
    const width = COLUMNS[table].length;
    for (let start = 0; start < values.length; start += ROWS_MAX * width) {
      const part = values.slice(start, start + ROWS_MAX * width);
      await tx.query(insertStatement(table, part.length / width), [space, rk, ...part]);
    }
  }
};

/** Removes all index rows of a resource. */
export const unindexResource = async (tx: Tx, space: number, rk: number): Promise<void> => {
  for (const table of TABLES) await tx.query(`delete from ${table} where space = $1 and rk = $2`, [space, rk]);
};
