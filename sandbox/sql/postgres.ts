import { createBodies } from './body.ts';
import { SqlError } from './error.ts';
import type { OpenSql, SqlValue } from './port.ts';
import { type Connection, connect } from './postgres-connection.ts';
import { isUnreachable } from './postgres-errors.ts';
import { createLanes } from './postgres-lanes.ts';
import { locate } from './postgres-location.ts';
import { migrate } from './postgres-migrate.ts';
import { createPool } from './postgres-pool.ts';
import { createStatements } from './postgres-statements.ts';
import { createTransactions } from './postgres-transactions.ts';

/**
 * The store of several nodes. Writes are SERIALIZABLE; reads outside a transaction go through connections that the server
 * itself keeps from writing. What was acknowledged is as durable as the server's owner has configured it
 * (`synchronous_commit`).
 */
export const open: OpenSql = async (url, migrations) => {
  const { client, name, pool: size, wait } = locate(url);
  const statements = createStatements();
  const poolWith = (most: number, settings: Readonly<Record<string, string>>, patient = false) =>
    createPool({ size: most, wait, name, connect: (lost) => connect({ client, statements, settings, patient, lost }) });
  // Migrating takes as long as it takes, and so does waiting for another node that migrates.
  const migrating = poolWith(1, { enable_seqscan: 'on' }, true);
  try {
    await migrating.use((connection) => migrate(connection, migrations));
  } finally {
    await migrating.close();
  }
  const writers = poolWith(size, {});
  const readers = poolWith(size, { default_transaction_read_only: 'on' });
  const bodies = createBodies();
  const transactions = createTransactions(writers, bodies);
  const lanes = createLanes();

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
    await Promise.all([writers.close(), readers.close()]);
  };

  return {
    query<R extends object>(sql: string, params: readonly SqlValue[] = []) {
      const read = (connection: Connection) => connection.run<R>(sql, params);
      return fly('A query outside the transaction was made', () =>
        // Reading again does no harm, and a server that came back shows only when an old connection is used.
        readers.use(read).catch((error: unknown) => {
          if (isUnreachable(error)) return readers.use(read);
          throw error;
        }),
      );
    },
    transaction: (body, lane) => fly('A transaction was opened', () => lanes.run(lane, () => transactions(body))),
    claim: (body) => fly('A transaction was opened', () => transactions(body, 'read committed')),
    close() {
      closing ??= close();
      return closing;
    },
  };
};
