import { readdir } from 'node:fs/promises';

export const missing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What lies in a folder, sorted; nothing where there is no folder. */
export const namesIn = async (folder: URL): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (missing(error)) return [];
    throw error;
  }
};
