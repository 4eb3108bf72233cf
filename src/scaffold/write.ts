import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
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

/** What an earlier project says that it wrote; nothing, where somebody has made something else of that. */
const writtenBefore = (folder: string): Readonly<Record<string, unknown>> => {
  const file = join(folder, ORIGIN);
  if (!existsSync(file)) return {};
  const origin: unknown = lstatSync(file).isFile() ? parseDocument(readFileSync(file, 'utf8')).toJS() : undefined;
  return isRecord(origin) && isRecord(origin.files) ? origin.files : {};
};

const kindOf = (path: string) => lstatSync(path, { throwIfNoEntry: false });

/** Whether a folder can be made or is there: a link is neither, for what it leads to is another's. */
const isFolder = (folder: string, path: string): boolean => {
  const parent = dirname(path);
  if (parent === folder) return true;
  return (kindOf(parent)?.isDirectory() ?? true) && isFolder(folder, parent);
};

/** Whether a file may be written: it is not there, or it is as this program wrote it (or would). */
const isOurs = (path: string, bytes: Uint8Array, before: unknown): boolean => {
  const there = kindOf(path);
  if (there === undefined) return true;
  if (!there.isFile()) return false;
  const hash = hashOf(readFileSync(path));
  return hash === hashOf(bytes) || hash === before;
};

/** Writes a project into a folder. Throws Occupied, before anything is written, where that would overwrite another's file. */
export const writeProject = (project: Project, folder: string): void => {
  const before = writtenBefore(folder);
  const isAgain = Object.keys(before).length > 0;
  const inTheWay = [...project]
    .filter(([file]) => !(file === ORIGIN && isAgain))
    .filter(([file, bytes]) => {
      const path = join(folder, file);
      return !(isFolder(folder, path) && isOurs(path, bytes, before[file]));
    });
  if (inTheWay.length > 0) throw new Occupied(inTheWay.map(([file]) => file));
  for (const [file, bytes] of project) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
};
