import { DatabaseSync } from 'node:sqlite';
import { createBodies } from './body.ts';
import { SqlError } from './error.ts';
import type { OpenSql, SqlValue } from './port.ts';
import { createBesides } from './sqlite-beside.ts';
import { attachBeside, openBeside } from './sqlite-beside-file.ts';
import { createCheckpoints } from './sqlite-checkpoint.ts';
import { createHold } from './sqlite-hold.ts';
import { locate } from './sqlite-location.ts';
import { migrate } from './sqlite-migrate.ts';
import { openingError } from './sqlite-opening.ts';
import { createReader } from './sqlite-reader.ts';
import { createStatements } from './sqlite-statements.ts';
import { createWatches } from './sqlite-watches.ts';
import { createWriter } from './sqlite-writer.ts';

/** Blocking waits are kept short: waiting for another process's lock happens in the writer, between turns. */
const BUSY_MS = 50;

/**
 * The embedded store: one file, one process. WAL, so that readers see the last commit while a batch is being written;
 * `synchronous=NORMAL` survives the death of the process, `?sync=full` also that of the power supply. What can be made again
 * from it lies in a second file, which a thread writes (sqlite-beside.ts).
 */
export const open: OpenSql = async (url, migrations) => {
  const location = locate(url);
  const opened: DatabaseSync[] = [];
  const connect = (readOnly: boolean): DatabaseSync => {
    const db = new DatabaseSync(location.file, { readOnly, timeout: BUSY_MS });
    opened.push(db);
    db.exec('pragma cache_size = -16000; pragma temp_store = memory');
    return db;
  };
  const release = (): void => {
    for (const db of opened.splice(0)) db.close();
    location.dispose();
  };
  try {
    const db = connect(false);
    db.exec(`pragma journal_mode = wal; pragma synchronous = ${location.synchronous}`);
    db.exec('pragma wal_autocheckpoint = 16000; pragma journal_size_limit = 67108864');
    migrate(
      db,
      migrations.filter(({ beside }) => beside === undefined),
    );
    const beside = openBeside(db, location.file, migrations, BUSY_MS);
    const reading = connect(true);
    if (beside !== undefined) attachBeside(reading, beside.file);
    const reader = createReader(reading);
    const bodies = createBodies();
    const besides =
      beside === undefined ? undefined : createBesides({ store: location.file, beside: beside.file }, reader.renew);
    const statements = createStatements(db, beside?.named);
    const watches = createWatches(db, reader.renew);
    // What is being read stands in the way of beginning the log anew.
    const checkpoints = createCheckpoints(db, location.file, reader.renew);
    const told = {
      begins: reader.renew,
      committed(written: ReadonlySet<string>) {
        reader.renew();
        watches.committed(written);
        checkpoints.committed();
      },
    };
    const hold = besides && createHold(besides, statements.isBeside);
    const writer = createWriter(db, statements, bodies, location.lockWait, told, hold);

    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      await writer.idle();
      await besides?.close();
      await checkpoints.close();
      beside?.closed();
      release();
    };
    const ready = (what: string): void => {
      if (closing !== undefined) throw new SqlError('closed', 'The store is closed');
      bodies.refuseInside(what);
    };
    const atOnce = <R extends object>(sql: string, params: readonly SqlValue[] = []): R[] => {
      ready('A query outside the transaction was made');
      return reader.all<R>(sql, params);
    };
    return {
      query: async <R extends object>(sql: string, params?: readonly SqlValue[]) => atOnce<R>(sql, params),
      atOnce,
      version() {
        ready('The version of the store was asked for');
        return reader.version();
      },
      watch: watches.watch,
      // A promise that an async function returns costs three turns of the queue.
      transaction(body) {
        try {
          ready('A transaction was opened');
        } catch (error) {
          return Promise.reject(error);
        }
        return writer.transaction(body);
      },
      ...(besides === undefined ? {} : { beside: besides.run }),
      close() {
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (error) {
    release();
    throw openingError(error, location.file);
  }
};
