import pg, { type ClientConfig } from 'pg';
import type { SqlValue } from './port.ts';
import { postgresError } from './postgres-errors.ts';
import type { Statements } from './postgres-statements.ts';
import { portValues } from './postgres-values.ts';

export interface Running<R> {
  readonly rows: Promise<R[]>;
  readonly silent: boolean;
}

export interface Connection {
  /** False once it was lost, or has prepared so much that another one should take its place. */
  readonly usable: boolean;
  /**
   * One statement of the common subset. Several may be under way; they are carried out in order. Throws SqlError where it is
   * not to be sent at all, and rejects with one where it failed. `silent`: see postgres-statements.ts.
   */
  run<R extends object>(sql: string, params: readonly SqlValue[]): Running<R>;
  /** A statement of the driver's own; answers with the server's word for what it did, as in `COMMIT`. */
  control(sql: string): Promise<string>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly client: ClientConfig;
  readonly statements: Statements;
  /** What is set for the whole session. */
  readonly settings: Readonly<Record<string, string>>;
  /** For how many milliseconds its end is waited for. */
  readonly wait: number;
  /** Whether a statement may take as long as it takes. */
  readonly patient?: boolean;
  /** Told once, when the connection is no more. */
  readonly lost?: () => void;
  readonly heard?: (payload: string) => void;
}

const CONNECT_MS = 5000;
/** The server ends what takes longer; the client gives up a server that does not even do that. */
const STATEMENT_MS = 30_000;
const GRACE_MS = 5000;
/**
 * After so much silence the system asks whether the server's machine is there still, and gives it up within ten seconds: who only
 * listens would hear nothing for hours, and each connection that nobody used would have to be found out by a statement.
 */
const SILENCE_MS = 10_000;
/** Statements that one connection keeps prepared before it is replaced. */
const PREPARED_MAX = 512;

/**
 * What is the same for every session. Statements are written to walk an index (rules 6), and are run so whatever the server
 * believes of a table: before it has counted the rows of one, it would rather read and sort all of them than walk them in
 * order to the end of a page. A small table is searched by its index, too: two transactions that read different rows of it
 * then do not meet, where a sequential scan locks all of it against writers
 * (https://www.postgresql.org/docs/15/transaction-iso.html#XACT-SERIALIZABLE). Compiling plans costs more than ours take.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  application_name: 'integration-sandbox',
  bytea_output: 'hex',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  enable_sort: 'off',
  idle_in_transaction_session_timeout: '60s',
  jit: 'off',
};

/** Statements are sent without waiting for the answer to the one before: BEGIN costs no journey of its own. */
export const connect = async (options: ConnectionOptions): Promise<Connection> => {
  const client = new pg.Client({
    ...options.client,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    ...(options.patient === true ? {} : { query_timeout: STATEMENT_MS + GRACE_MS }),
    types: portValues,
  });
  let alive = true;
  const prepared = new Set<string>();
  const end = (): void => {
    if (!alive) return;
    alive = false;
    options.lost?.();
  };
  /** A server that has stopped says no goodbye. */
  const goodbye = async (): Promise<void> => {
    const late = setTimeout(() => client.connection.stream.destroy(), options.wait).unref();
    await client.end().finally(() => clearTimeout(late));
  };
  // Without a listener an error of an idle connection would end the process.
  client.on('error', end);
  client.on('end', end);
  client.on('notification', ({ payload }) => options.heard?.(payload ?? ''));
  const statement_timeout = options.patient === true ? '0' : `${STATEMENT_MS}ms`;
  const settings = Object.entries({ ...SETTINGS, statement_timeout, ...options.settings });
  try {
    await client.connect();
    await client.query(settings.map(([name, value]) => `set ${name} = '${value}'`).join('; '));
  } catch (error) {
    alive = false;
    await goodbye().catch(() => undefined);
    throw postgresError(error);
  }
  // What is sent in one turn goes out as one piece: a system call for each statement would cost more than the statement.
  let gathering = false;
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    client.connection.stream.cork();
    process.nextTick(() => {
      gathering = false;
      client.connection.stream.uncork();
    });
  };
  return {
    get usable() {
      return alive && prepared.size < PREPARED_MAX;
    },
    run<R extends object>(sql: string, params: readonly SqlValue[]): Running<R> {
      const { name, silent } = options.statements.check(sql, params);
      if (name !== undefined) prepared.add(name);
      const values = [...params];
      gather();
      const rows = client.query<R>(name === undefined ? { text: sql, values } : { name, text: sql, values }).then(
        (result) => result.rows,
        (error: unknown) => {
          throw postgresError(error, sql);
        },
      );
      return { rows, silent };
    },
    async control(sql) {
      gather();
      try {
        return (await client.query(sql)).command;
      } catch (error) {
        throw postgresError(error);
      }
    },
    async close() {
      alive = false;
      await goodbye();
    },
  };
};
