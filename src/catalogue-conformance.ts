import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Check } from '../sandbox/conformance/check.ts';
import type { Conformance } from '../sandbox/conformance/run.ts';
import { sharedChecks } from '../sandbox/conformance/shared-checks.ts';
import { sharedRequirements } from '../sandbox/conformance/shared-requirements.ts';
import { CONFLICT, problem } from '../sandbox/problem.ts';
import type { Catalogue } from './catalogue.ts';
import { CatalogueError, isRecord } from './catalogue-manifest.ts';

const CODE = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * What judges a responder of this pattern: `requirements.yaml`, `checks.ts` (exports `checks`) and `drive.ts` (exports
 * `drive`), with the common requirements before them. Throws CONFLICT where the pattern has no checks yet.
 */
export const loadConformance = async (
  catalogue: Catalogue,
  id: string,
  root: URL = new URL('../', import.meta.url),
): Promise<Conformance> => {
  const own = await catalogue.requirements(id);
  const load = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
    const url = new URL(`patterns/${id}/${file}${CODE}`, root);
    if (!existsSync(fileURLToPath(url)))
      throw problem(CONFLICT, `${id} cannot be checked yet: patterns/${id}/${file}.ts is missing`);
    const loaded: unknown = await import(url.href);
    return isRecord(loaded) ? loaded : {};
  };
  const { checks } = await load('checks');
  const { drive } = await load('drive');
  if (!Array.isArray(checks)) throw new CatalogueError(`patterns/${id}/checks.ts`, ['it must export `checks`']);
  if (typeof drive !== 'function') throw new CatalogueError(`patterns/${id}/drive.ts`, ['it must export `drive`']);
  const requirements = [...(await sharedRequirements()), ...own];
  // What a pattern exports is checked by tsc where it is written; here it crosses a dynamic import.
  const conformance = {
    requirements,
    checks: [...sharedChecks, ...(checks as Check[])],
    drive: drive as Conformance['drive'],
  };
  const known = new Set(requirements.map((requirement) => requirement.id));
  const stray = conformance.checks.flatMap((check) =>
    check.requirements
      .filter((name) => !known.has(name))
      .map((name) => `check ${check.id} names ${name}, which is no requirement`),
  );
  const bare = requirements.filter(
    (requirement) =>
      requirement.notTested === undefined &&
      !conformance.checks.some((check) => check.requirements.includes(requirement.id)),
  );
  const faults = [
    ...stray,
    ...bare.map((requirement) => `${requirement.id} has neither a check nor a reason why it has none`),
  ];
  if (faults.length > 0) throw new CatalogueError(`patterns/${id}`, faults);
  return conformance;
};
