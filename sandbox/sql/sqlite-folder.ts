import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SqlError } from './error.ts';

/** What helps whoever started it, under every failure of the file or its folder. */
export const SET_STORE_URL = 'set STORE_URL to a file in a folder that can be written, as in sqlite:/var/lib/store.db';

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Makes the folder and those above it that are missing, each by itself: Node's own `recursive` never returns where a folder
 * is there but takes no more in it and says ENOENT, as /proc does. Throws SqlError with the folder's name.
 */
export const makeFolder = (folder: string): void => {
  let at = folder;
  try {
    const missing: string[] = [];
    for (; !isThere(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
    for (const one of missing.reverse()) {
      at = one;
      // Another process may have made it since.
      if (!isThere(one)) mkdirSync(one);
    }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new SqlError('failed', `The folder ${at} for the store cannot be made (${why}): ${SET_STORE_URL}`, {
      cause: error,
    });
  }
};
