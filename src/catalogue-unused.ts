import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Catalogue } from './catalogue.ts';
import { loadChecks, loadDrives } from './catalogue-conformance.ts';
import { namesIn } from './catalogue-files.ts';
import { isRecord } from './catalogue-manifest.ts';

/** A file, and the ids of checks that it is about. */
interface About {
  readonly file: string;
  readonly ids: readonly string[];
}

/** The tables of checks in a folder: their keys are the ids of checks. */
const tablesIn = async (folder: string, root: URL): Promise<readonly About[]> => {
  const files = (await namesIn(new URL(folder, root))).filter((file) => /^checks[a-z-]*\.yaml$/.test(file));
  return Promise.all(
    files.map(async (name) => {
      const file = `${folder}${name}`;
      const table: unknown = parse(await readFile(new URL(file, root), 'utf8'), { merge: true });
      return { file, ids: isRecord(table) ? Object.keys(table) : [] };
    }),
  );
};

/** Those of some files of checks that can be done without: no table is about one of them and about a check that stays, too. */
const dispensable = (
  files: readonly About[],
  tables: readonly About[],
): { readonly files: readonly About[]; readonly tables: readonly About[] } => {
  const going = new Set(files.flatMap(({ ids }) => ids));
  const mixed = tables.filter(({ ids }) => ids.some((id) => going.has(id)) && ids.some((id) => !going.has(id)));
  const fixed = files.filter(({ ids }) => mixed.some((table) => table.ids.some((id) => ids.includes(id))));
  if (fixed.length > 0)
    return dispensable(
      files.filter((one) => !fixed.includes(one)),
      tables,
    );
  return { files, tables: tables.filter(({ ids }) => ids.length > 0 && ids.every((id) => going.has(id))) };
};

/**
 * The pattern's files that are of no use where only these dialects are spoken, by what they themselves say: lessons, drives, files
 * of checks, and the tables that show what those judge.
 */
export const unusedIn = async (
  catalogue: Catalogue,
  id: string,
  spoken: readonly string[],
): Promise<readonly string[]> => {
  const isUsed = ({ dialects }: { readonly dialects?: readonly string[] }): boolean =>
    dialects?.some((name) => spoken.includes(name)) ?? true;
  const folder = `patterns/${id}`;
  const lessons = (await catalogue.scenarios(id)).filter((one) => !isUsed(one));
  const drives = [...(await loadDrives(id, catalogue.root))].filter(([, drive]) => !isUsed(drive));
  const others = [...(await loadChecks(id, catalogue.root))]
    .filter(([, checks]) => !checks.some(isUsed))
    .map(([file, checks]) => ({ file, ids: checks.map((check) => check.id) }));
  const { files, tables } = dispensable(others, await tablesIn(`${folder}/test/`, catalogue.root));
  return [
    ...lessons.map((lesson) => `${folder}/scenarios/${lesson.id}.yaml`),
    ...drives.map(([file]) => file),
    ...[...files, ...tables].map(({ file }) => file),
  ];
};
