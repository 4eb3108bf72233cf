import { readFile } from 'node:fs/promises';
import { UsageError } from './run-errors.ts';
import { waiversIn } from './waivers.ts';

/** What a file of waivers holds, not yet checked; nothing where no file is named. Throws a UsageError. */
export const readWaivers = async (file: string | undefined): Promise<unknown> => {
  if (file === undefined) return [];
  try {
    return waiversIn(await readFile(file, 'utf8')) ?? [];
  } catch (error) {
    throw new UsageError(
      `The waivers ${file} cannot be read. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};
