import { type LoadedSandbox, loadSandbox } from './participants.ts';
import type { Sql } from './sql/port.ts';

interface Kept<V> {
  readonly version: number;
  readonly value: V;
}

/** What is remembered at most; the next ones begin anew. */
const KEPT_MAX = 1000;

/** What is known of a sandbox before a request of it is served, but for the counter, which every exchange moves on. */
const SETTINGS = ['sandbox', 'participant', 'fault', 'mllp_port'];
const EXCEPT = ['sandbox.seq'];

/**
 * Loads what settings of sandboxes say, and gives it again without a query for as long as the store says that none of them
 * was changed since, by any process. With a store that cannot say so each request asks. What is at hand is given without a
 * promise.
 */
export const createSettingsCache = <K, V>(sql: Sql, load: (key: K) => Promise<V>) => {
  const kept = new Map<K, Kept<V>>();
  const versionNow = sql.watch?.(SETTINGS, EXCEPT) ?? (() => sql.version?.());
  const loadAt = async (key: K, version: number): Promise<V> => {
    const value = await load(key);
    // A commit in between would make what was read belong to another version.
    if (versionNow() === version) {
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(key, { version, value });
    }
    return value;
  };
  return (key: K): V | Promise<V> => {
    const version = versionNow();
    if (version === undefined) return load(key);
    const known = kept.get(key);
    return known?.version === version ? known.value : loadAt(key, version);
  };
};

/** Sandboxes by their id. */
export const createSandboxLoader = (
  sql: Sql,
): ((id: string) => LoadedSandbox | undefined | Promise<LoadedSandbox | undefined>) =>
  createSettingsCache(sql, (id: string) => loadSandbox(sql, id));

/**
 * The same for whoever asks always, and waits. Where the store does not say that nothing has changed, those who ask in the
 * same turn get it by one query.
 */
export const createSandboxCache = (sql: Sql): ((id: string) => Promise<LoadedSandbox | undefined>) => {
  const load = createSandboxLoader(sql);
  if (sql.version !== undefined) return async (id) => load(id);
  const asked = new Map<string, Promise<LoadedSandbox | undefined>>();
  return (id) => {
    const before = asked.get(id);
    if (before !== undefined) return before;
    const turn = new Promise<void>((resolve) => process.nextTick(resolve));
    const asking = turn.then(() => {
      asked.delete(id);
      return load(id);
    });
    asked.set(id, asking);
    return asking;
  };
};
