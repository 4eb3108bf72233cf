/** Wakes whoever watches a sandbox when it was reset, deleted or has expired; rows stay the truth (rules 3). */
export interface Signals {
  watch(sandbox: string, wake: () => void): () => void;
  wake(sandbox: string): void;
}

export const createSignals = (): Signals => {
  const watchers = new Map<string, Set<() => void>>();
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
      for (const wake of watchers.get(sandbox) ?? []) wake();
    },
  };
};
