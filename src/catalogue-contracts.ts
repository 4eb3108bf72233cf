import { namesIn } from './catalogue-files.ts';

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
