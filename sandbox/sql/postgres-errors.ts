import { SqlError, type SqlTrouble } from './error.ts';

/** https://www.postgresql.org/docs/15/errcodes-appendix.html */
const TROUBLE: Readonly<Record<string, readonly [SqlTrouble, string]>> = {
  '23': ['constraint', 'A constraint failed'],
  '25006': ['read-only', 'A query outside a transaction is read-only: write through transaction(tx => …)'],
  '40001': ['locked', 'Others kept changing what this transaction read'],
  '40P01': ['locked', 'The transaction and another waited for each other'],
  '57014': ['failed', 'The statement took too long'],
  '53100': ['failed', 'The disk is full'],
  '08': ['unreachable', 'The connection to the store was lost'],
  '53300': ['unreachable', 'The store takes no more connections'],
  '57P01': ['unreachable', 'The connection to the store was ended'],
  '57P02': ['unreachable', 'The store crashed'],
  '57P03': ['unreachable', 'The store is starting or stopping'],
};

/** The five characters that a server gives every error; empty where the error is not the server's. */
export const sqlState = (error: unknown): string => {
  if (error instanceof SqlError) return sqlState(error.cause);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error ? code : '';
};

/** Of errors that are not the server's: whether the socket, or the name of the host, is what failed. */
const isConnection = (error: unknown): boolean =>
  error instanceof Error &&
  (('syscall' in error && 'code' in error) ||
    /^(?:Connection terminated|Client (?:has encountered|was closed)|Query read timeout|timeout expired)/.test(
      error.message,
    ));

export const postgresError = (error: unknown, sql?: string): SqlError => {
  if (error instanceof SqlError) return error;
  const state = sqlState(error);
  const [trouble, words] =
    TROUBLE[state] ??
    TROUBLE[state.slice(0, 2)] ??
    (isConnection(error) ? ['unreachable', 'The connection to the store was lost'] : ['failed', 'The store failed']);
  const message = error instanceof Error ? `${words}: ${error.message}` : words;
  return new SqlError(trouble, message, sql === undefined ? { cause: error } : { sql, cause: error });
};

/** The transaction lost against another one, and may win when it is run again. */
export const isRace = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error));

export const isUnreachable = (error: unknown): boolean => error instanceof SqlError && error.trouble === 'unreachable';
