import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Sql, Tx } from '../sql/port.ts';
import { sharing } from './relay-rows.ts';

/** Real milliseconds for which a node that says nothing is still believed to live, and how often it says so. */
const LEASE_MS = 8_000;
const BEAT_MS = 2_000;
/** Rows of a statement. */
const PAGE = 256;

interface NodeRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly began_real: number;
  readonly until_real: number;
}

/** One of those that share a store, as far as what it has sent is concerned. */
export interface Node {
  readonly id: string;
  /** Says that it lives, and takes out those that do not any more; returns how many messages they leave, which are ready now. */
  beat(): Promise<number>;
  /** Says so from now on, each time that it is due. */
  start(left: () => void, failed: (error: unknown) => void): void;
  /** Idempotent. What it has sent is somebody else's to look after from now on. */
  close(): Promise<void>;
}

const BEGAN = Math.round(performance.timeOrigin);

/**
 * A process of this machine that has ended. What runs elsewhere, in a container for instance, has another name of a host; and
 * what had this number before, as the first process of a container has each time, began at another time.
 */
const hasEnded = ({ host, pid, began_real: began }: NodeRow): boolean => {
  if (host !== hostname()) return false;
  if (pid === process.pid) return began !== BEGAN;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
};

/** Gives back a page of what nodes have sent that are not there any more. */
const giveBackLeft = async (tx: Tx): Promise<number> =>
  (
    await tx.query(
      `update message set state = 'ready' where state = 'sent' and (serial, id) in
         (select serial, id from message where state = 'sent' and sent_by is not null
            and not exists (select n.id from node n where n.id = message.sent_by) limit ${PAGE}) returning id`,
    )
  ).length;

/**
 * Makes this process known to the others that share its store. A node that is killed leaves messages marked as sent that it
 * may not have sent: another that finds out, or the same one after a new start, sends them again at once. To be wrong about
 * that costs a second delivery, which has no effect.
 */
export const createNode = (sql: Sql, real: () => number): Node => {
  const id = randomUUID();
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  const beat = async (): Promise<number> => {
    const time = real();
    await sharing(sql, (tx) =>
      tx.query(
        `insert into node (id, host, pid, began_real, until_real) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set until_real = excluded.until_real`,
        [id, hostname(), process.pid, BEGAN, time + LEASE_MS],
      ),
    );
    const others = await sql.query<NodeRow>(
      'select id, host, pid, began_real, until_real from node where id <> $1 limit 1000',
      [id],
    );
    for (const other of others)
      if (other.until_real < time || hasEnded(other))
        await sharing(sql, (tx) =>
          tx.query('delete from node where id = $1 and until_real = $2', [other.id, other.until_real]),
        );
    let given = 0;
    for (let page = PAGE; page > 0; given += page) page = await sharing(sql, giveBackLeft);
    return given;
  };

  return {
    id,
    beat,
    start(left, failed) {
      timer = setInterval(() => {
        beating ??= beat()
          .then((given) => {
            if (given > 0) left();
          }, failed)
          .finally(() => {
            beating = undefined;
          });
      }, BEAT_MS);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      closing ??= (async () => {
        await beating;
        await sharing(sql, (tx) => tx.query('delete from node where id = $1', [id]));
      })();
      return closing;
    },
  };
};
