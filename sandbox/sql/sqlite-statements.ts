import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SqlError, type SqlTrouble } from './error.ts';
import type { SqlValue } from './port.ts';
import { checkPortable, rewriteParameters } from './portable.ts';
import { checkValues } from './values.ts';

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
  readonly parameters: number;
  /** Which value goes to each place, where that is not simply the first to the first, and so on. */
  readonly places: readonly number[] | undefined;
  /** Whether it only reads. */
  readonly reads: boolean;
  /** Whether it has to do with the tables that are kept beside the others. */
  readonly beside: boolean;
  /** What it writes to; see `Statements.writes`. */
  readonly writes: string | undefined;
  /** Another way to run it, where no value is null and the plain way has worked once: see `FORGIVING`. */
  readonly forgiving: StatementSync | undefined;
  worked: boolean;
}

/**
 * An insert of bound values that skips what is there already. Before a statement that may fail half-way SQLite copies every
 * page that it changes; this one can fail only by a null where none may be. `OR IGNORE` never fails, which makes the index
 * of a resource a fifth cheaper, but would hide that failure: so it is taken only where no value is null, and after the
 * plain statement has worked, which it does not where a column that may not be null is left out.
 */
const FORGIVING =
  /^insert into (\w+ \([\w, ]+\) values (?:\((?:\$\d+, )*\$\d+\), )*\((?:\$\d+, )*\$\d+\)) on conflict do nothing$/;

// What a statement gives that was told to return arrays; node:sqlite's types do not know.
const isValues = (row: object): row is readonly unknown[] => Array.isArray(row);

/**
 * A row as an object like any other. node:sqlite makes objects without a prototype, as slow to make as to read: with them a
 * resource costs twice as much to read.
 */
const rowOf = (columns: readonly string[], values: object): object => {
  const row: Record<string, unknown> = {};
  if (isValues(values))
    for (let index = 0; index < columns.length; index += 1) row[columns[index] ?? ''] = values[index];
  return row;
};

const hasNull = (values: readonly SqlValue[]): boolean => {
  for (const value of values) if (value === null) return true;
  return false;
};

/** Primary result codes: https://www.sqlite.org/rescode.html. */
const TROUBLE: Readonly<Record<number, readonly [SqlTrouble, string]>> = {
  5: ['locked', 'The store is locked by another process (one process may use a SQLite file at a time)'],
  6: ['locked', 'The store is locked by another connection of this process'],
  8: ['read-only', 'A query outside a transaction is read-only: write through transaction(tx => …)'],
  13: ['failed', 'The disk is full'],
  19: ['constraint', 'A constraint failed'],
};

export const resultCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : -1;

export const sqliteError = (error: unknown, sql?: string): SqlError => {
  if (error instanceof SqlError) return error;
  const [trouble, words] = TROUBLE[resultCode(error)] ?? ['failed', 'The store failed'];
  const message = error instanceof Error ? `${words}: ${error.message}` : words;
  return new SqlError(trouble, message, sql === undefined ? { cause: error } : { sql, cause: error });
};

export interface Statements {
  /** Runs one statement of the common subset and returns its rows; throws SqlError. */
  all<R extends object>(sql: string, params: readonly SqlValue[]): R[];
  /** Whether this statement, which was run, only reads. */
  reads(sql: string): boolean;
  /** Whether this one has to do with the tables that are kept beside the others. */
  isBeside(sql: string): boolean;
  /**
   * What this statement, which was run, writes to: `participant`, or `sandbox.seq` where it updates that one column; `*` where
   * that is not to be seen; undefined where it only reads.
   */
  writes(sql: string): string | undefined;
}

/** Longer ones are searches with very many values, hardly any twice: 512 of them would hold gigabytes. */
const KEPT_MAX = 16_384;

const WITH = /^\s*with\b/i;
const VERB = /\b(?:select|insert|update|delete)\b/i;
const READS = /^\s*select\b/i;
const WRITES = /^\s*(?:insert\s+into|delete\s+from|update)\s+(\w+)\b/i;
const ONE_COLUMN = /^\s*update\s+\w+\s+set\s+(\w+)\s*=[^,(]+\swhere\b/i;

/** What follows the named tables that a statement begins with (`with … as (…)`); they are in brackets, and only read. */
const afterNamed = (sql: string): string => {
  if (!WITH.test(sql)) return sql;
  let open = 0;
  let outside = '';
  for (const character of sql) {
    if (character === '(') open += 1;
    if (open === 0) outside += character;
    if (character === ')') open -= 1;
  }
  return outside.slice(Math.max(0, outside.search(VERB)));
};

const writtenBy = (given: string): string | undefined => {
  const sql = afterNamed(given);
  if (READS.test(sql)) return undefined;
  const [, table] = WRITES.exec(sql) ?? [];
  const [, column] = ONE_COLUMN.exec(sql) ?? [];
  return table === undefined ? '*' : column === undefined ? table : `${table}.${column}`;
};

/**
 * Prepared statements of one connection. Two generations stand in for least-recently-used: what is used moves to the
 * young one, and when that is full the old one goes. A lookup costs one map read, and the cache holds 2 × `size` at most.
 * `besides` matches what names a table that is kept beside the others.
 */
export const createStatements = (db: DatabaseSync, besides?: RegExp, size = 256): Statements => {
  let young = new Map<string, Prepared>();
  let old = new Map<string, Prepared>();
  // What is asked of a statement is asked several times in a row.
  let asked = '';
  let answered: Prepared | undefined;
  const keep = (sql: string, prepared: Prepared): Prepared => {
    if (sql.length > KEPT_MAX) return prepared;
    asked = sql;
    answered = prepared;
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(sql, prepared);
    return prepared;
  };
  const find = (sql: string): Prepared | undefined => {
    if (answered !== undefined && sql === asked) return answered;
    const known = young.get(sql);
    if (known !== undefined) {
      asked = sql;
      answered = known;
      return known;
    }
    const before = old.get(sql);
    return before && keep(sql, before);
  };
  const isBeside = (sql: string): boolean => besides?.test(sql) === true;
  const prepare = (sql: string): Prepared => {
    const parameters = checkPortable(sql);
    // A `?1` has a name, and node:sqlite asks for the name of each parameter it passes by, which SQLite looks for in a
    // list: with 64 parameters that is a quarter of an insert. A bare `?` has none.
    const compile = (text: string): StatementSync => {
      const compiled = db.prepare(rewriteParameters(text, () => '?'));
      compiled.setReturnArrays(true);
      return compiled;
    };
    const order: number[] = [];
    rewriteParameters(sql, (number) => {
      order.push(Number(number) - 1);
      return '';
    });
    const places = order.length === parameters && order.every((at, index) => at === index) ? undefined : order;
    const [, rows] = FORGIVING.exec(sql) ?? [];
    const forgiving = rows === undefined ? undefined : compile(`insert or ignore into ${rows}`);
    const statement = compile(sql);
    const columns = statement.columns().map(({ name }) => name);
    const [reads, writes, beside] = [READS.test(sql), writtenBy(sql), isBeside(sql)];
    return { statement, columns, parameters, places, reads, writes, beside, forgiving, worked: false };
  };
  return {
    all<R extends object>(sql: string, params: readonly SqlValue[]): R[] {
      try {
        const prepared = find(sql) ?? keep(sql, prepare(sql));
        checkValues(sql, prepared.parameters, params);
        const { forgiving, places, worked } = prepared;
        const values = places === undefined ? params : places.map((at) => params[at] ?? null);
        const statement = worked && forgiving !== undefined && !hasNull(params) ? forgiving : prepared.statement;
        const rows = statement.all(...values);
        prepared.worked = true;
        if (rows.length === 0) return [];
        // What the columns are called, and what is in them, only the statement's author knows.
        return rows.map((row) => rowOf(prepared.columns, row) as R);
      } catch (error) {
        throw sqliteError(error, sql);
      }
    },
    reads: (sql) => find(sql)?.reads ?? READS.test(sql),
    isBeside: (sql) => find(sql)?.beside ?? isBeside(sql),
    writes(sql) {
      const prepared = find(sql);
      return prepared === undefined ? writtenBy(sql) : prepared.writes;
    },
  };
};
