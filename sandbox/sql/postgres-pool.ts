import { SqlError } from './error.ts';
import type { Connection } from './postgres-connection.ts';
import { isUnreachable } from './postgres-errors.ts';

export interface Pool {
  /** Runs `work` with a connection of its own, first come, first served; rejects where there is none to be had in time. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Closes the connections; nobody may be using one. */
  close(): Promise<void>;
}

export interface PoolOptions {
  connect(lost: () => void): Promise<Connection>;
  readonly size: number;
  /** For how many milliseconds a server that cannot be reached is waited for. */
  readonly wait: number;
  /** The server's name, for messages. */
  readonly name: string;
}

interface Waiter {
  take(connection: Connection): void;
  fail(error: unknown): void;
  /** Its time is up. */
  late(): void;
  /** Its time is up, and what decides is the attempt to connect that is under way. */
  overdue: boolean;
}

const RETRY_MS = 100;
/** A connection that nobody needed for so long is closed. */
const IDLE_MS = 30_000;

/**
 * Connections are opened as they are needed. While the server cannot be reached one attempt follows another, each caller
 * waits its time and is told; the first attempt that works serves whoever still waits, so that nothing has to be restarted.
 */
export const createPool = ({ connect, size, wait, name }: PoolOptions): Pool => {
  const idle: { connection: Connection; since: number }[] = [];
  const waiting: Waiter[] = [];
  let open = 0;
  let opening = 0;
  let trouble: unknown;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const drop = (connection: Connection): void => {
    open -= 1;
    // What is lost may well not say goodbye.
    connection.close().catch(() => undefined);
  };
  const put = (connection: Connection): void => {
    if (connection.usable && !closed) idle.push({ connection, since: performance.now() });
    else drop(connection);
    serve();
  };
  const failed = (error: unknown): void => {
    trouble = error;
    // A wrong password or an unknown database does not become right by waiting.
    if (!isUnreachable(error)) for (const waiter of waiting.splice(0)) waiter.fail(error);
    for (const waiter of waiting.filter(({ overdue }) => overdue)) waiter.late();
    retry ??= setTimeout(() => {
      retry = undefined;
      serve();
    }, RETRY_MS);
  };
  const openOne = (): void => {
    opening += 1;
    const lost = (): void => {
      const at = idle.findIndex(({ connection }) => !connection.usable);
      for (const { connection } of at < 0 ? [] : idle.splice(at, 1)) drop(connection);
    };
    connect(lost).then(
      (connection) => {
        opening -= 1;
        open += 1;
        trouble = undefined;
        put(connection);
      },
      (error: unknown) => {
        opening -= 1;
        failed(error);
      },
    );
  };
  const serve = (): void => {
    while (waiting.length > 0) {
      const free = idle.pop();
      if (free === undefined) break;
      if (free.connection.usable) waiting.shift()?.take(free.connection);
      else drop(free.connection);
    }
    const wanted = Math.min(waiting.length, size - open);
    while (opening < wanted && retry === undefined) openOne();
    for (let old = idle[0]; old !== undefined && performance.now() - old.since > IDLE_MS; old = idle[0]) {
      idle.shift();
      drop(old.connection);
    }
  };
  const acquire = (): Promise<Connection> =>
    new Promise((resolve, reject) => {
      const late = (): void => {
        // Reached, but busy: the turn comes.
        if (trouble === undefined || open > 0) {
          timer = setTimeout(late, wait);
          return;
        }
        if (opening > 0 && !waiter.overdue) {
          waiter.overdue = true;
          return;
        }
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(
          new SqlError('unreachable', `The store ${name} cannot be reached: ${words(trouble)}`, { cause: trouble }),
        );
      };
      let timer = setTimeout(late, wait);
      const waiter: Waiter = {
        take: (connection) => {
          clearTimeout(timer);
          resolve(connection);
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
        late,
        overdue: false,
      };
      waiting.push(waiter);
      serve();
    });

  return {
    async use(work) {
      const connection = await acquire();
      try {
        return await work(connection);
      } finally {
        put(connection);
      }
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await Promise.allSettled(idle.splice(0).map(({ connection }) => connection.close()));
    },
  };
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
