import { loadNamed } from './found-by-name.ts';
import type { LoadedDialect } from './http/host.ts';

export type DialectCode = Pick<LoadedDialect, 'handlers' | 'authentication'>;

/** What `<id>.ts` in a folder of dialects exports, where there is one. What it is typed as, tsc checked where it is written. */
export const loadDialectCode = async (folder: URL, id: string): Promise<DialectCode> => {
  const loaded = await loadNamed(folder, id);
  if (loaded === undefined) return {};
  const { handlers, authentication }: DialectCode = loaded;
  if (typeof handlers !== 'object')
    throw new TypeError(`sandbox/dialects/${id}.ts: it must export \`handlers\` by operationId`);
  return { handlers, ...(authentication === undefined ? {} : { authentication }) };
};
