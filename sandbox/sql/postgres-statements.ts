import type { SqlValue } from './port.ts';
import { checkPortable } from './portable.ts';
import { checkValues } from './values.ts';

interface Known {
  readonly parameters: number;
  readonly silent: boolean;
  /** From the second time on: what is run once would only take up the server's memory. */
  name: string | undefined;
  used: boolean;
}

export interface Statements {
  /** Checks statement and values; throws SqlError. */
  check(sql: string, params: readonly SqlValue[]): Checked;
}

export interface Checked {
  /** The name under which it is prepared; none for what may not be worth it. */
  readonly name: string | undefined;
  /** Whether it writes and gives no rows: then there is nothing to learn from it but that it failed. */
  readonly silent: boolean;
}

const SILENT = /^\s*(?:insert|update|delete)\b(?!.*\breturning\b)/is;

/** Longer ones are searches with very many values, hardly any twice. */
const NAMED_MAX = 16_384;

/**
 * What was checked, for all connections of a store. Two generations stand in for least-recently-used, as in the SQLite
 * driver. What a server keeps prepared is bounded by the connections, which are replaced (postgres-connection.ts).
 */
export const createStatements = (size = 256): Statements => {
  let young = new Map<string, Known>();
  let old = new Map<string, Known>();
  let names = 0;
  const keep = (sql: string, known: Known): Known => {
    if (sql.length > NAMED_MAX) return known;
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(sql, known);
    return known;
  };
  return {
    check(sql, params) {
      const known =
        young.get(sql) ??
        keep(
          sql,
          old.get(sql) ?? { parameters: checkPortable(sql), silent: SILENT.test(sql), name: undefined, used: false },
        );
      checkValues(sql, known.parameters, params);
      if (!known.used) {
        known.used = true;
        return known;
      }
      names += known.name === undefined ? 1 : 0;
      known.name ??= `s${names}`;
      return known;
    },
  };
};
