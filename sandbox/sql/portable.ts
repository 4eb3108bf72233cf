import { SqlError } from './error.ts';

/** Literals, quoted names and comments, in which nothing is rewritten and nothing is forbidden; or one parameter. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/**
 * What one of the drivers understands and another does not, or not in the same way (rules 1). Each is refused when the
 * statement is first prepared, so that what runs on the embedded store runs on PostgreSQL.
 */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/;\s*\S/, 'one statement at a time'],
  [
    /^\s*(?:begin|commit|end|rollback|savepoint|release|pragma|attach|detach|vacuum|set)\b/i,
    'transactions and settings belong to the driver',
  ],
  [/\?/, 'parameters are written $1, $2, …'],
  [/\b(?:i?like|glob|similar\s+to)\b/i, 'no LIKE: a prefix is ">= x and < x || U+10FFFF" on normalised values'],
  [/\bany\s*\(/i, 'no any(): write in ($1, $2, …)'],
  [/\$\d+\s+is\s+(?:not\s+)?null\b/i, 'a bare "$1 is null" has no type: decide it in code'],
  [/\bas\s+\w*[a-z]\w*[A-Z]/, 'an unquoted camelCase alias is folded by PostgreSQL: use snake_case'],
  [/\binsert\s+or\b|\breplace\s+into\b/i, 'write INSERT … ON CONFLICT'],
  [/\b(?:max|min)\s*\([^()]*,/i, 'max(a, b) and min(a, b) are aggregates elsewhere: use CASE'],
  [/\b(?:ifnull|iif|datetime|strftime|julianday|unixepoch|now|group_concat|printf)\s*\(/i, 'not a function of both'],
  [/\bcurrent_(?:timestamp|date|time)\b/i, 'times are bound as milliseconds'],
  [/\browid\b/i, 'rowid exists on SQLite only'],
  [/==/, 'equality is ='],
  [/\blimit\s+\S+\s*,/i, 'write LIMIT … OFFSET …'],
];

/** Refuses what is outside the common subset; returns how many parameters the statement takes. */
export const checkPortable = (sql: string): number => {
  let parameters = 0;
  const code = sql.replace(PIECE, (piece, number: string | undefined) => {
    if (number !== undefined) {
      parameters = Math.max(parameters, Number(number));
      return piece;
    }
    return piece.startsWith('--') || piece.startsWith('/*') ? ' ' : piece.charAt(0).repeat(2);
  });
  for (const [pattern, why] of FORBIDDEN) {
    if (pattern.test(code)) throw new SqlError('misuse', `Not in the common subset of SQL: ${why}`, { sql });
  }
  return parameters;
};

/** `$1` in the placeholder style of a driver, leaving literals, quoted names and comments alone. */
export const rewriteParameters = (sql: string, style: (number: string) => string): string =>
  sql.replace(PIECE, (piece, number: string | undefined) => (number === undefined ? piece : style(number)));
