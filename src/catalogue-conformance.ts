import type { Check } from '../sandbox/conformance/check.ts';
import { type Drive, driveAll } from '../sandbox/conformance/drive.ts';
import type { Passing } from '../sandbox/conformance/passing.ts';
import type { Conformance } from '../sandbox/conformance/run.ts';
import { sharedChecks } from '../sandbox/conformance/shared-checks.ts';
import { sharedJournalChecks } from '../sandbox/conformance/shared-journal-checks.ts';
import { sharedRequirements } from '../sandbox/conformance/shared-requirements.ts';
import { CODE } from '../sandbox/found-by-name.ts';
import { CONFLICT, problem } from '../sandbox/problem.ts';
import type { Catalogue } from './catalogue.ts';
import { faultsOfCoverage, faultsOfForm } from './catalogue-coverage.ts';
import { namesIn } from './catalogue-files.ts';
import { CatalogueError, isRecord } from './catalogue-manifest.ts';

/** `checks.ts` and every `checks-<name>.ts`: the plain one first, the others by name. */
const filesOf = async (folder: URL, name: string): Promise<string[]> => {
  const isOne = (file: string) => file === `${name}${CODE}` || (file.startsWith(`${name}-`) && file.endsWith(CODE));
  return (await namesIn(folder))
    .filter(isOne)
    .map((file) => file.slice(0, -CODE.length))
    .filter((file) => !file.includes('.'))
    .sort();
};

/** What the pattern's files of that name export, each with the file. Throws CONFLICT where there is none. */
const loadNamedAfter = async (id: string, root: URL, name: string, key: string) => {
  const folder = new URL(`patterns/${id}/`, root);
  const files = await filesOf(folder, name);
  if (files.length === 0) throw problem(CONFLICT, `${id} cannot be checked yet: patterns/${id}/${name}.ts is missing`);
  return Promise.all(
    files.map(async (file) => {
      const loaded: unknown = await import(new URL(`${file}${CODE}`, folder).href);
      return { where: `patterns/${id}/${file}.ts`, exported: isRecord(loaded) ? loaded[key] : undefined };
    }),
  );
};

/** The pattern's own checks by the file that they are in. What they are typed as, tsc checked where they are written. */
export const loadChecks = async (id: string, root: URL): Promise<ReadonlyMap<string, readonly Check[]>> =>
  new Map(
    (await loadNamedAfter(id, root, 'checks', 'checks')).map(({ where, exported }): [string, readonly Check[]] => {
      if (!Array.isArray(exported)) throw new CatalogueError(where, ['it must export `checks`']);
      return [where, exported];
    }),
  );

/** The pattern's drives by the file that they are in. Beside the steps of a file of its own lie those that it imports, which export none. */
export const loadDrives = async (id: string, root: URL): Promise<ReadonlyMap<string, Drive>> => {
  const files = await loadNamedAfter(id, root, 'drive', 'drive');
  const drives = new Map(
    files.flatMap(({ where, exported }) => (typeof exported === 'function' ? [[where, exported as Drive]] : [])),
  );
  if (drives.size === 0) throw new CatalogueError(`patterns/${id}/drive.ts`, ['it must export `drive`']);
  return drives;
};

/**
 * What judges this pattern, with the common requirements before its own: `requirements.yaml`; `checks.ts` and every
 * `checks-<name>.ts`, which export `checks`, of a driven target or of a journal; `drive.ts` and every `drive-<name>.ts` that
 * exports `drive`, run in that order. So one more check is one more file. Throws CONFLICT where the pattern has no checks yet, and a
 * CatalogueError where a check is malformed, or the coverage is not as catalogue-coverage.ts says.
 */
export const loadConformance = async (
  catalogue: Catalogue,
  id: string,
  root: URL = new URL('../', import.meta.url),
): Promise<Conformance> => {
  const own = await catalogue.requirements(id);
  const checks = [...(await loadChecks(id, root)).values()].flat();
  const drives = [...(await loadDrives(id, root)).values()];
  const requirements = [...(await sharedRequirements()), ...own];
  // What a pattern exports is checked by tsc where it is written, and its form below: it crosses a dynamic import.
  const conformance = {
    requirements,
    checks: [...sharedChecks, ...sharedJournalChecks, ...checks],
    drive: driveAll(drives, async () => (await catalogue.manifest(id)).dialects[0]),
  };
  const form = checks.flatMap(faultsOfForm);
  const faults = form.length > 0 ? form : faultsOfCoverage(requirements, conformance.checks);
  if (faults.length > 0) throw new CatalogueError(`patterns/${id}`, faults);
  return conformance;
};

/** How a pattern tells what passes between two systems: what its `passing.ts` exports, undefined where it has none. */
export const loadPassing = async (
  id: string,
  root: URL = new URL('../', import.meta.url),
): Promise<Passing | undefined> => {
  const folder = new URL(`patterns/${id}/`, root);
  if (!(await filesOf(folder, 'passing')).includes('passing')) return undefined;
  const loaded: unknown = await import(new URL(`passing${CODE}`, folder).href);
  const exported = isRecord(loaded) ? loaded.passing : undefined;
  if (!isRecord(exported) || typeof exported.name !== 'function' || !Array.isArray(exported.participants))
    throw new CatalogueError(`patterns/${id}/passing.ts`, ['it must export `passing`']);
  return exported as Partial<Passing> as Passing;
};
