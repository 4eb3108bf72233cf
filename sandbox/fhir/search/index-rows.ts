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
  const width = columns.length + 1;
  // $1 is the same for all rows: the space.
  const values = Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: width }, (_column, index) => `$${2 + row * width + index}`);
    return `($1, ${own.join(', ')})`;
  });
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

/** `rk`, then the table's own columns. */
type IndexRow = readonly [rk: number, ...SqlValue[]];

const compare = (a: SqlValue | undefined, b: SqlValue | undefined): number =>
  a === b || a === undefined || b === undefined || a === null || b === null ? 0 : a < b ? -1 : 1;

/** By parameter and value, as in the tables' keys: neighbours change the same pages, one after the other. */
const inKeyOrder = (a: IndexRow, b: IndexRow): number => compare(a[1], b[1]) || compare(a[2], b[2]) || a[0] - b[0];

/** Indexes resources of one space that have no index rows (after creation, or `unindexResource`). */
export const indexResources = async (tx: Tx, space: number, resources: readonly Indexed[]): Promise<void> => {
  const tables = new Map<Table, IndexRow[]>();
  for (const { rk, resource, bases } of resources) {
    indexRows(resource, bases, (table, values) => {
      const rows = tables.get(table);
      if (rows === undefined) tables.set(table, [[rk, ...values]]);
      else rows.push([rk, ...values]);
    });
  }
  for (const [table, rows] of tables) {
    rows.sort(inKeyOrder);
    let start = 0;
    for (const size of SIZES) {
      const statement = insertStatement(table, size);
      for (; start + size <= rows.length; start += size) {
        const values: SqlValue[] = [space];
        for (let index = start; index < start + size; index += 1) values.push(...(rows[index] ?? []));
        await tx.query(statement, values);
      }
    }
  }
};

/** Removes all index rows of a resource. */
export const unindexResource = async (tx: Tx, space: number, rk: number): Promise<void> => {
  for (const table of TABLES) await tx.query(`delete from ${table} where space = $1 and rk = $2`, [space, rk]);
};
