import { type LoadedSandbox, loadSandbox } from './participants.ts';
import type { Sql } from './sql/port.ts';

interface Kept {
  readonly version: number;
  readonly sandbox: LoadedSandbox | undefined;
}

/** Sandboxes that are remembered at most; the next ones begin anew. */
const KEPT_MAX = 1000;

/**
 * Loads sandboxes, and gives one again without a query for as long as the store says that nothing at all has been
 * committed since, by any process. Under load that spares most of the queries, since replies are journalled in batches;
 * with a store that has no `version` each request asks. What is at hand is given without a promise.
 */
export const createSandboxLoader = (sql: Sql) => {
  const kept = new Map<string, Kept>();
  const load = async (id: string, version: number): Promise<LoadedSandbox | undefined> => {
    const sandbox = await loadSandbox(sql, id);
    // A commit in between would make what was read belong to another version.
    if (sql.version?.() === version) {
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(id, { version, sandbox });
    }
    return sandbox;
  };
  return (id: string): LoadedSandbox | undefined | Promise<LoadedSandbox | undefined> => {
    const version = sql.version?.();
    if (version === undefined) return loadSandbox(sql, id);
    const known = kept.get(id);
    return known?.version === version ? known.sandbox : load(id, version);
  };
};

/** The same for whoever asks always, and waits. */
export const createSandboxCache = (sql: Sql) => {
  const load = createSandboxLoader(sql);
  return async (id: string): Promise<LoadedSandbox | undefined> => load(id);
};
