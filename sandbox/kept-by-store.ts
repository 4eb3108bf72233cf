import type { StorePart } from './pattern.ts';
import type { Migration } from './sql/port.ts';

/** Table, the column or columns below `store` by which it is swept (one where they are its key), and its columns. */
export type TableOfStore = readonly [table: string, by: string, columns: readonly string[]];

/**
 * Tables of which each row belongs to one store, in a column `store` beside the named ones: copied whole from a template, and swept
 * by the page, one table after another.
 */
export const keptByStore = (tables: readonly TableOfStore[], migrations: readonly Migration[]): StorePart => ({
  migrations,
  copy: async (tx, from, to) => {
    for (const [table, , columns] of tables) {
      const list = columns.join(', ');
      await tx.query(`insert into ${table} (store, ${list}) select $2, ${list} from ${table} where store = $1`, [
        from,
        to,
      ]);
    }
  },
  sweep: async (tx, store, limit) => {
    for (const [table, by] of tables) {
      const gone = await tx.query(
        `delete from ${table} where store = $1 and (${by}) in
           (select ${by} from ${table} where store = $1 order by ${by} limit $2) returning store`,
        [store, limit],
      );
      if (gone.length > 0) return gone.length;
    }
    return 0;
  },
});
