import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
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

/** What an earlier project wrote that is no longer part of it. */
export interface Left {
  /** As it was written: it is gone. */
  readonly removed: readonly string[];
  /** Somebody changed it: it is theirs now. */
  readonly kept: readonly string[];
}

/** A record is a file that anybody can edit: what it names elsewhere was not written by this program. */
const liesWithin = (file: string): boolean =>
  normalize(file) === file.replaceAll('/', sep) && /^(?!\.\.?\/)[^/\\]/.test(file);

const removeEmpty = (folder: string, path: string): void => {
  if (path === folder || readdirSync(path).length > 0) return;
  rmdirSync(path);
  removeEmpty(folder, dirname(path));
};

const clearAway = (project: Project, folder: string, before: Readonly<Record<string, unknown>>): Left => {
  const removed: string[] = [];
  const kept: string[] = [];
  for (const [file, hash] of Object.entries(before)) {
    const path = join(folder, file);
    if (project.has(file) || !liesWithin(file) || !isFolder(folder, path) || kindOf(path)?.isFile() !== true) continue;
    const isAsWritten = hashOf(readFileSync(path)) === hash;
    (isAsWritten ? removed : kept).push(file);
    if (!isAsWritten) continue;
    rmSync(path);
    removeEmpty(folder, dirname(path));
  }
  return { removed, kept };
};

/**
 * Writes a project into a folder, and takes away what an earlier one wrote there that is no longer part of it. Throws Occupied,
 * before anything is done, where it would overwrite another's file.
 */
export const writeProject = (project: Project, folder: string): Left => {
  const before = writtenBefore(folder);
  const isAgain = Object.keys(before).length > 0;
  const inTheWay = [...project]
    .filter(([file]) => !(file === ORIGIN && isAgain))
    .filter(([file, bytes]) => {
      const path = join(folder, file);
      return !(isFolder(folder, path) && isOurs(path, bytes, before[file]));
    });
  if (inTheWay.length > 0) throw new Occupied(inTheWay.map(([file]) => file));
  const left = clearAway(project, folder, before);
  for (const [file, bytes] of project) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return left;
};
