/**
 * What kind of trouble a store reports, the same words for every driver. `unreachable`: the server cannot be reached, and
 * nothing was written. `unknown`: the connection was lost while it committed, and nobody can say whether it was kept.
 */
export type SqlTrouble =
  | 'constraint'
  | 'locked'
  | 'read-only'
  | 'misuse'
  | 'closed'
  | 'unreachable'
  | 'unknown'
  | 'failed';

/** Names the statement, never the values bound to it: they may be a person's data or a credential. */
export class SqlError extends Error {
  readonly trouble: SqlTrouble;

  constructor(trouble: SqlTrouble, message: string, options: { sql?: string; cause?: unknown } = {}) {
    super(options.sql === undefined ? message : `${message} (in: ${shorten(options.sql)})`, { cause: options.cause });
    this.name = 'SqlError';
    this.trouble = trouble;
  }
}

const shorten = (sql: string): string => {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
};
