import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { hashOf, ORIGIN, type Project } from './project.ts';

/** Files that are in the way: somebody else wrote or changed them. Nothing was written. */
export class Occupied extends Error {
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(`${files.length} files are in the way`);
    this.files = files;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What an earlier project says that it wrote. */
const writtenBefore = (folder: string): Readonly<Record<string, unknown>> => {
  const file = join(folder, ORIGIN);
  if (!existsSync(file)) return {};
  const origin: unknown = parse(readFileSync(file, 'utf8'));
  return isRecord(origin) && isRecord(origin.files) ? origin.files : {};
};

/** Whether a file may be written: it is not there, or it is as this program wrote it (or would). */
const isOurs = (path: string, bytes: Uint8Array, before: unknown): boolean => {
  if (!existsSync(path)) return true;
  const hash = hashOf(readFileSync(path));
  return hash === hashOf(bytes) || hash === before;
};

/** Writes a project into a folder. Throws Occupied, before anything is written, where that would overwrite another's file. */
export const writeProject = (project: Project, folder: string): void => {
  const before = writtenBefore(folder);
  const isAgain = Object.keys(before).length > 0;
  const inTheWay = [...project]
    .filter(([file]) => !(file === ORIGIN && isAgain))
    .filter(([file, bytes]) => !isOurs(join(folder, file), bytes, before[file]));
  if (inTheWay.length > 0) throw new Occupied(inTheWay.map(([file]) => file));
  for (const [file, bytes] of project) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
};
