import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { OpenApiDocument } from '../sandbox/contract-schema.ts';
import { parseDialect } from '../sandbox/dialect-loader.ts';
import type { LoadedDialect } from '../sandbox/http/host.ts';
import type { Handler } from '../sandbox/pattern.ts';
import { CatalogueError, isRecord } from './catalogue-manifest.ts';

/** From source Node runs the TypeScript; the published package carries JavaScript beside it (rules 8). */
export const CODE = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** `handlers` of `sandbox/dialects/<id>.ts`, where there is one. What they are typed as, tsc checked where they are written. */
const loadHandlers = async (root: URL, id: string): Promise<Readonly<Record<string, Handler>> | undefined> => {
  const code = new URL(`sandbox/dialects/${id}${CODE}`, root);
  if (!existsSync(code)) return undefined;
  const loaded: { handlers?: Readonly<Record<string, Handler>> } = await import(code.href);
  if (!isRecord(loaded.handlers))
    throw new CatalogueError(`sandbox/dialects/${id}.ts`, ['it must export `handlers` by operationId']);
  return loaded.handlers;
};

/** A dialect with the contract and the handlers that it has of its own; throws with the place of what is wrong. */
export const loadDialect = async (
  root: URL,
  id: string,
  contract: OpenApiDocument | undefined,
): Promise<LoadedDialect> => {
  const dialect = parseDialect(await readFile(new URL(`sandbox/dialects/${id}.yaml`, root), 'utf8'), id);
  const handlers = await loadHandlers(root, id);
  return {
    dialect,
    ...(contract === undefined ? {} : { contract }),
    ...(handlers === undefined ? {} : { handlers }),
  };
};
