import { SqlError } from './error.ts';
import { SET_STORE_URL } from './sqlite-folder.ts';
import { resultCode, sqliteError } from './sqlite-statements.ts';

/** Primary result codes (https://www.sqlite.org/rescode.html) that say something of the file, and not of a statement. */
const OF_THE_FILE: Readonly<Record<number, string>> = {
  3: 'may not be used',
  8: 'can only be read',
  10: 'cannot be read or written',
  11: 'is damaged',
  14: 'cannot be opened',
  23: 'may not be used',
  26: 'is not a SQLite database',
};

/** What went wrong while the store was opened, with the file that it was about. */
export const openingError = (error: unknown, file: string): SqlError => {
  const cause = error instanceof SqlError ? error.cause : error;
  const words = OF_THE_FILE[resultCode(cause)];
  if (words !== undefined && cause instanceof Error) {
    const message = `The store ${file} ${words} (${cause.message}): ${SET_STORE_URL}`;
    return new SqlError(resultCode(cause) === 8 ? 'read-only' : 'failed', message, { cause });
  }
  if (error instanceof SqlError) return error;
  const known = sqliteError(error);
  return new SqlError(known.trouble, `${known.message} (${file})`, { cause: error });
};
