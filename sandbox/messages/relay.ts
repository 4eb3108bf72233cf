import type { Broker } from '../broker/port.ts';
import type { Sql, Tx } from '../sql/port.ts';
import { wrap } from './envelope.ts';
import { createFairShare } from './fair-share.ts';
import {
  countSent,
  giveBack,
  giveBackOlder,
  isDeep,
  readySerials,
  SENT_MAX,
  sharing,
  takeReady,
} from './relay-rows.ts';
import type { MessageRow } from './rows.ts';

export interface RelayOptions {
  readonly sql: Sql;
  readonly broker: Broker;
  readonly real: () => number;
  /** Real milliseconds after which a message that is with the broker, and not known to be handled, is sent again. */
  readonly resendAfter: number;
  /** Messages that the broker may have of a sandbox while no other has any. */
  readonly alone: number;
  readonly failed: (error: unknown, what: string) => void;
}

/** How long it sleeps when nobody wakes it: other nodes put messages into the store, too. Real milliseconds. */
const POLL_MS = 200;
/** How long it leaves a broker alone that did not take what it was sent. */
const REFUSED_MS = 1_000;

/** How long it is believed that a queue is deep. */
const DEPTH_MS = 100;

export interface Relay {
  wake(): void;
  start(): void;
  /** Idempotent; waits for what is being sent. */
  close(): Promise<void>;
}

/**
 * Takes what is ready out of the store, sandbox by sandbox, and hands it to the broker. Rows are marked as sent first, in one
 * statement for each sandbox, so that of several nodes one sends each; what the broker then does not take is marked as ready
 * again. A node that dies in between leaves rows marked that nobody has: they are sent again after a while, as is whatever
 * the broker loses.
 */
export const createRelay = (options: RelayOptions): Relay => {
  const { sql, broker, real, failed } = options;
  const fair = createFairShare(options.alone);
  const shared = sql.claim !== undefined;
  /** Which sandboxes have deep queues, and at what time that was looked at. */
  let depths = { deep: new Set<number>(), at: Number.NEGATIVE_INFINITY };
  let after = 0;
  let swept = 0;
  let woken = false;
  let rouse: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let closing = false;

  const deepOf = async (tx: Tx, serials: readonly number[], time: number): Promise<ReadonlySet<number>> => {
    if (serials.length < 2) return new Set();
    if (Math.abs(time - depths.at) > DEPTH_MS) {
      const deep = new Set<number>();
      for (const serial of serials) if (await isDeep(tx, serial)) deep.add(serial);
      depths = { deep, at: time };
    }
    return depths.deep;
  };

  const take = (): Promise<readonly MessageRow[]> =>
    sharing(sql, async (tx) => {
      const ahead = await readySerials(tx, after);
      const serials = ahead.length > 0 || after === 0 ? ahead : await readySerials(tx, 0);
      if (serials.length === 0) return [];
      const sent = await countSent(tx);
      let room = SENT_MAX - [...sent.values()].reduce((sum, n) => sum + n, 0);
      const time = real();
      const taken: MessageRow[] = [];
      const active = [...new Set([...serials, ...sent.keys()])];
      for (const [serial, share] of fair.shares(active, await deepOf(tx, serials, time), time)) {
        const limit = Math.min(room, share - (sent.get(serial) ?? 0));
        if (limit <= 0 || !serials.includes(serial)) continue;
        const rows = await takeReady(tx, serial, { real: time, limit, shared });
        room -= rows.length;
        for (const row of rows) taken.push(row);
      }
      return taken;
    });

  const sweep = async (): Promise<void> => {
    const time = real();
    if (time - swept < Math.min(options.resendAfter, 5_000)) return;
    swept = time;
    fair.forget(time);
    while ((await sharing(sql, (tx) => giveBackOlder(tx, time - options.resendAfter))) > 0);
  };

  /** Returns how long to wait for the next pass, unless woken. */
  const pass = async (): Promise<number> => {
    if (!broker.state().up) return POLL_MS;
    await sweep();
    const rows = await take();
    if (rows.length === 0) {
      after = 0;
      return POLL_MS;
    }
    after = rows.at(-1)?.serial ?? 0;
    for (const [serial, some] of Map.groupBy(rows, (row) => row.serial)) fair.count(serial, some.length, real());
    const results = await Promise.allSettled(rows.map((row) => broker.send(row.queue, wrap(row))));
    const refused = rows.filter((_, index) => results[index]?.status === 'rejected');
    if (refused.length === 0) return 0;
    const reason = results.find((result) => result.status === 'rejected')?.reason;
    if (broker.state().up) failed(reason, 'The broker did not take messages; they are sent again');
    await sharing(sql, (tx) => giveBack(tx, refused));
    return REFUSED_MS;
  };

  const sleep = async (milliseconds: number): Promise<void> => {
    if (woken || milliseconds === 0) return;
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, milliseconds);
      rouse = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
    rouse = undefined;
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      woken = false;
      let wait = REFUSED_MS;
      try {
        wait = await pass();
      } catch (error) {
        failed(error, 'Messages could not be relayed');
        woken = false;
      }
      if (!closing) await sleep(wait);
    }
  };

  return {
    wake() {
      woken = true;
      rouse?.();
    },
    start() {
      running ??= loop();
    },
    async close() {
      closing = true;
      rouse?.();
      await running;
    },
  };
};
