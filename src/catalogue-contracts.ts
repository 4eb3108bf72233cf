import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { vouchFor } from '../sandbox/contract-schema.ts';
import { parseYaml } from './catalogue-dialect.ts';
import { missing, namesIn } from './catalogue-files.ts';
import { isRecord } from './catalogue-manifest.ts';

/** Contracts by name, each with where it lies; those of messages (AsyncAPI) apart from those of HTTP (OpenAPI). */
export interface FoundContracts {
  readonly contracts: ReadonlyMap<string, string>;
  /** `<pattern>.asyncapi`. */
  readonly messageContracts: ReadonlyMap<string, string>;
}

const MESSAGES = '.asyncapi';

export const findContracts = async (root: URL): Promise<FoundContracts> => {
  const contracts = new Map<string, string>();
  const messageContracts = new Map<string, string>();
  const collect = async (folder: string, ending: string): Promise<void> => {
    for (const file of await namesIn(new URL(folder, root))) {
      if (!file.endsWith(ending)) continue;
      const name = file.slice(0, -ending.length);
      (name.endsWith(MESSAGES) ? messageContracts : contracts).set(name, `${folder}${file}`);
    }
  };
  await collect('sandbox/dialects/', '.openapi.yaml');
  await collect('openapi/', '.yaml');
  return { contracts, messageContracts };
};

/** As it was parsed where the package was installed (packaging.mjs), if it is the same text: then it is one of its own. */
const preparedFor = async (root: URL, text: string): Promise<unknown> => {
  const hash = createHash('sha256').update(text).digest('hex');
  try {
    const document: unknown = JSON.parse(await readFile(new URL(`dist/parsed/${hash}.json`, root), 'utf8'));
    return isRecord(document) ? vouchFor(document) : document;
  } catch (error) {
    if (missing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Parses YAML that came from `where`. */
export type Parse = (text: string, where: string) => Promise<unknown>;

/**
 * Parses what lies in the catalogue, each once for as long as it says the same: other contracts take paths from FHIR's. To parse
 * the service's own as YAML takes a fifth of a second and leaves 30 MB of garbage, for which whoever comes first would wait.
 */
export const createParser = (root: URL): Parse => {
  const parsed = new Map<string, { readonly text: string; readonly document: unknown }>();
  return async (text, where) => {
    const known = parsed.get(where);
    if (known?.text === text) return known.document;
    const document = (await preparedFor(root, text)) ?? parseYaml(text, where);
    parsed.set(where, { text, document });
    return document;
  };
};
