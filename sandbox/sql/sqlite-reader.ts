import type { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from './port.ts';
import { createStatements } from './sqlite-statements.ts';

export interface SqliteReader {
  all<R extends object>(sql: string, params: readonly SqlValue[]): R[];
  /** Another number after each commit of any other connection. */
  version(): number;
  /** Ends what is open, so that the next query sees what was committed until then. */
  renew(): void;
}

/**
 * The connection of queries outside a transaction. Those of one turn of the event loop share a read transaction: each of its
 * own takes and gives back a lock of the file, which is half of what it costs to read a resource. It ends with the turn, and
 * with each commit of this process before anybody is told of it, so nobody sees less than was answered; what another process
 * commits is seen from the next turn on.
 */
export const createReader = (db: DatabaseSync): SqliteReader => {
  const statements = createStatements(db);
  const begin = db.prepare('begin');
  const commit = db.prepare('commit');
  // Of this connection, so that commits of every other one count: this process's writer, and other processes.
  const dataVersion = db.prepare('pragma data_version');
  let open = false;
  let endsWithTurn = false;
  let known: number | undefined;

  const renew = (): void => {
    if (!open) return;
    open = false;
    known = undefined;
    // SQLite may have given it up itself, after an error.
    if (db.isTransaction) commit.run();
  };
  const endTurn = (): void => {
    endsWithTurn = false;
    if (db.isOpen) renew();
  };
  const share = (): void => {
    if (open) return;
    if (!db.isTransaction) begin.run();
    open = true;
    if (!endsWithTurn) setImmediate(endTurn);
    endsWithTurn = true;
  };
  return {
    all<R extends object>(sql: string, params: readonly SqlValue[]): R[] {
      share();
      return statements.all<R>(sql, params);
    },
    version() {
      share();
      known ??= Number(dataVersion.get()?.data_version);
      return known;
    },
    renew,
  };
};
