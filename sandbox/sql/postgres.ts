import { createBodies } from './body.ts';
import { SqlError } from './error.ts';
import type { OpenSql, SqlValue } from './port.ts';
import { type Connection, connect } from './postgres-connection.ts';
import { isUnreachable } from './postgres-errors.ts';
import { locate } from './postgres-location.ts';
import { migrate, noteUse } from './postgres-migrate.ts';
import { createPool } from './postgres-pool.ts';
import { createStatements } from './postgres-statements.ts';
import { createTransactions } from './postgres-transactions.ts';
import { createWakes } from './postgres-wakes.ts';

/**
 * The store of several nodes. Writes are SERIALIZABLE; reads outside a transaction go through connections that the server
 * itself keeps from writing. What was acknowledged is as durable as the server's owner has configured it
 * (`synchronous_commit`).
 */
export const open: OpenSql = async (url, migrations) => {
  const { client, name, pool: size, wait } = locate(url);
  const statements = createStatements();
  const poolWith = (most: number, settings: Readonly<Record<string, string>>, patient = false) =>
    createPool({
      size: most,
      wait,
      name,
      connect: (lost) => connect({ client, statements, settings, wait, patient, lost }),
    });
  // Migrating takes as long as it takes, and so does waiting for another node that migrates.
  const migrating = poolWith(1, { enable_seqscan: 'on' }, true);
  try {
    await migrating.use((connection) => migrate(connection, migrations));
  } finally {
    await migrating.close();
  }
  const writers = poolWith(size, {});
  const readers = poolWith(size, { default_transaction_read_only: 'on' });
  const wakes = createWakes({
    async connect(lost, heard) {
      const connection = await connect({ client, statements, settings: {}, wait, lost, heard });
      try {
        await noteUse(connection);
      } catch (error) {
        await connection.close();
        throw error;
      }
      return connection;
    },
  });
  const bodies = createBodies();
  const transactions = createTransactions(writers, bodies, size + 2);

  /** Reading again does no harm, and that a connection was lost may show only when it is used: all of them may have been. */
  const read = async <R extends object>(sql: string, params: readonly SqlValue[], lost = 0): Promise<R[]> => {
    const outcome = await readers.use(async (connection: Connection) => {
      try {
        return { rows: await connection.run<R>(sql, params).rows };
      } catch (error) {
        if (isUnreachable(error)) return { error };
        throw error;
      }
    });
    if ('rows' in outcome) return outcome.rows;
    if (lost > size) throw outcome.error;
    return read(sql, params, lost + 1);
  };
  const flying = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const fly = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) return Promise.reject(new SqlError('closed', 'The store is closed'));
    try {
      bodies.refuseInside(what);
    } catch (error) {
      return Promise.reject(error);
    }
    const done = work();
    flying.add(done);
    const landed = (): void => void flying.delete(done);
    done.then(landed, landed);
    return done;
  };
  const close = async (): Promise<void> => {
    while (flying.size > 0) await Promise.allSettled(flying);
    await Promise.all([writers.close(), readers.close(), wakes.close()]);
  };

  return {
    query: (sql, params = []) => fly('A query outside the transaction was made', () => read(sql, params)),
    transaction: (body, lanes) => fly('A transaction was opened', () => transactions.transaction(body, lanes)),
    claim: (body) => fly('A transaction was opened', () => transactions.claim(body)),
    listen: wakes.listen,
    notify: wakes.notify,
    close() {
      closing ??= close();
      return closing;
    },
  };
};
