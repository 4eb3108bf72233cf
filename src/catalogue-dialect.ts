import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { OpenApiDocument } from '../sandbox/contract-schema.ts';
import { loadDialectCode } from '../sandbox/dialect-code.ts';
import { dialectIn } from '../sandbox/dialect-loader.ts';
import type { LoadedDialect } from '../sandbox/http/host.ts';
import type { Parse } from './catalogue-contracts.ts';
import { CatalogueError, isRecord, NAME } from './catalogue-manifest.ts';

export const parseYaml = (text: string, where: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    throw new CatalogueError(where, [error instanceof Error ? error.message : String(error)]);
  }
};

/** A dialect with the contract and the handlers that it has of its own; throws with the place of what is wrong. */
export const loadDialect = async (
  root: URL,
  id: string,
  contract: OpenApiDocument | undefined,
  parse: Parse,
): Promise<LoadedDialect> => {
  const where = `sandbox/dialects/${id}.yaml`;
  const dialect = dialectIn(await parse(await readFile(new URL(where, root), 'utf8'), where), id);
  return {
    dialect,
    ...(contract === undefined ? {} : { contract }),
    ...(await loadDialectCode(new URL('sandbox/dialects/', root), id)),
  };
};

export interface DialectHead {
  readonly id: string;
  readonly title: string;
  /** Patterns that it speaks beyond those whose `pattern.yaml` names it. */
  readonly patterns: readonly string[];
  /** How callers of the real API prove who they are, where it is said (sandbox/dialect.ts). */
  readonly auth?: readonly string[];
}

/**
 * What choosing a dialect needs, of every file in `sandbox/dialects/`, sorted by id: so that one more is one more file.
 * Throws a CatalogueError where a title is missing, or a pattern named that is not among `patterns`.
 */
export const readDialectHeads = async (
  root: URL,
  patterns: readonly string[],
  parse: Parse,
): Promise<readonly DialectHead[]> => {
  const folder = new URL('sandbox/dialects/', root);
  const ids = (await readdir(folder))
    .filter((file) => file.endsWith('.yaml') && NAME.test(file.slice(0, -'.yaml'.length)))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
  return Promise.all(
    ids.map(async (id) => {
      const where = `sandbox/dialects/${id}.yaml`;
      const document = await parse(await readFile(new URL(`${id}.yaml`, folder), 'utf8'), where);
      const { title, patterns: named = [], authentication } = isRecord(document) ? document : {};
      const modes = isRecord(authentication) ? authentication.modes : undefined;
      if (typeof title !== 'string') throw new CatalogueError(where, ['title is missing']);
      if (!Array.isArray(named)) throw new CatalogueError(where, ['patterns is not a list']);
      const strange = named.filter((name) => !patterns.includes(name));
      if (strange.length > 0)
        throw new CatalogueError(
          where,
          strange.map((name) => `patterns names ${name}; there are ${patterns.join(', ')}`),
        );
      return { id, title, patterns: named, ...(Array.isArray(modes) ? { auth: modes.map(String) } : {}) };
    }),
  );
};
