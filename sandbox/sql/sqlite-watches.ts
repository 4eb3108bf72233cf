import type { DatabaseSync } from 'node:sqlite';

export interface Watches {
  watch(tables: readonly string[], except?: readonly string[]): () => number;
  /** After each commit of this process, before anybody is told of it. */
  committed(written: ReadonlySet<string>): void;
}

interface Watch {
  /** What was ever written to, and whether that counts. */
  readonly counts: Map<string, boolean>;
  readonly tables: ReadonlySet<string>;
  readonly except: ReadonlySet<string>;
  version: number;
}

const concerns = ({ counts, tables, except }: Watch, what: string): boolean => {
  const known = counts.get(what);
  if (known !== undefined) return known;
  const [table = ''] = what.split('.');
  const counted = what === '*' || (tables.has(table) && !except.has(what));
  counts.set(what, counted);
  return counted;
};

/**
 * Says when tables that are hardly ever written to were. What this process commits it knows; of another one's commits, which
 * the connection of the writer tells apart from its own, each counts. They are looked for once a turn of the event loop, and
 * `renew` is called when there were any, so that what is read then is not older than the number that it is kept under.
 */
export const createWatches = (writer: DatabaseSync, renew: () => void): Watches => {
  const watches: Watch[] = [];
  const dataVersion = writer.prepare('pragma data_version');
  dataVersion.setReturnArrays(true);
  let others: number | undefined;
  let looked = false;
  const look = (): void => {
    looked = true;
    setImmediate(() => {
      looked = false;
    });
    const found = Number(dataVersion.get()?.[0]);
    if (found === others) return;
    others = found;
    for (const watch of watches) watch.version += 1;
    renew();
  };
  return {
    watch(tables, except = []) {
      const watch: Watch = { counts: new Map(), tables: new Set(tables), except: new Set(except), version: 0 };
      watches.push(watch);
      return () => {
        if (!looked) look();
        return watch.version;
      };
    },
    committed(written) {
      for (const watch of watches) for (const what of written) if (concerns(watch, what)) watch.version += 1;
    },
  };
};
