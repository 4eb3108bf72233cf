import type { Sql } from '../../sandbox/sql/port.ts';

/** Wakes whoever watches a sandbox when it was reset, deleted or has expired; rows stay the truth (rules 3). */
export interface Signals {
  watch(sandbox: string, wake: () => void): () => void;
  wake(sandbox: string): void;
}

/** What the nodes tell each other about. */
const TOPIC = 'sandbox';

export const createSignals = (sql: Pick<Sql, 'listen' | 'notify'>): Signals => {
  const watchers = new Map<string, Set<() => void>>();
  const ring = (sandbox: string): void => {
    for (const wake of watchers.get(sandbox) ?? []) wake();
  };
  sql.listen?.(TOPIC, (sandbox) => {
    for (const id of sandbox === undefined ? watchers.keys() : [sandbox]) ring(id);
  });
  return {
    watch: (sandbox, wake) => {
      const known = watchers.get(sandbox) ?? new Set();
      known.add(wake);
      watchers.set(sandbox, known);
      return () => {
        known.delete(wake);
        if (known.size === 0 && watchers.get(sandbox) === known) watchers.delete(sandbox);
      };
    },
    wake: (sandbox) => {
      ring(sandbox);
      sql.notify?.(TOPIC, sandbox);
    },
  };
};
