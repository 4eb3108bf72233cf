import type { DatabaseSync } from 'node:sqlite';

/**
 * Begins a transaction that writes the first file of a connection. BEGIN IMMEDIATE would take the lock of every file that is
 * attached (https://www.sqlite.org/lang_attach.html), and with it stop whoever writes only another one.
 */
export const createBegin = (db: DatabaseSync): (() => void) => {
  const begin = db.prepare('begin');
  const rollback = db.prepare('rollback');
  // Changes nothing, and has to be allowed to: that is what takes the lock.
  const lock = db.prepare('update main.migration set id = id where id is null');
  return () => {
    begin.run();
    try {
      lock.run();
    } catch (error) {
      if (db.isTransaction) rollback.run();
      throw error;
    }
  };
};
