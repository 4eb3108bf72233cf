import type { Broker } from '../broker/port.ts';
import type { Sql } from '../sql/port.ts';
import type { AtHand } from './at-hand.ts';
import { wrap } from './envelope.ts';
import { giveBack, giveBackOlder, sharing } from './relay-rows.ts';
import { createTake } from './relay-take.ts';
import type { MessageRow } from './rows.ts';

export interface RelayOptions {
  readonly sql: Sql;
  readonly broker: Broker;
  readonly real: () => number;
  /** Real milliseconds after which a message that is with the broker, and not known to be handled, is sent again. */
  readonly resendAfter: number;
  /** Messages that the broker may have of a sandbox while no other has any. */
  readonly alone: number;
  /** Which of those that share the store this is; undefined where it is the only one. */
  readonly node: string | undefined;
  readonly atHand: AtHand;
  readonly failed: (error: unknown, what: string) => void;
}

/** How long it sleeps when nobody wakes it: other nodes put messages into the store, too. Real milliseconds. */
const POLL_MS = 200;
/** How long it leaves a broker alone that did not take what it was sent. */
const REFUSED_MS = 1_000;

export interface Relay {
  wake(): void;
  /** Relays again, after a moment, what was with the broker and did not come to its end. */
  again(rows: readonly MessageRow[]): void;
  /** Relays again all that is with the broker, which may have lost it. */
  lost(): void;
  start(): void;
  /** Idempotent; waits for what is being sent. */
  close(): Promise<void>;
}

/**
 * Takes what is ready out of the store, sandbox by sandbox, and hands it to the broker. Rows are marked as sent first, in one
 * statement for each sandbox, so that of several nodes one sends each; what the broker then does not take is marked as ready
 * again. A node that dies in between leaves rows marked that nobody has: they are sent again once that is known (nodes.ts),
 * and after a while in any case, as is whatever the broker loses.
 */
export const createRelay = (options: RelayOptions): Relay => {
  const { sql, broker, real, failed } = options;
  const take = createTake(options);
  const sending = new Set<Promise<void>>();
  /** What the broker did not take, and until when it is left alone; by the clock of the process. */
  const refused: MessageRow[] = [];
  let resting = Number.NEGATIVE_INFINITY;
  let loss = false;
  let swept = 0;
  let woken = false;
  let rouse: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let closing = false;

  const sweep = async (): Promise<void> => {
    const time = real();
    if (time - swept < Math.min(options.resendAfter, 5_000)) return;
    swept = time;
    take.forget();
    while ((await sharing(sql, (tx) => giveBackOlder(tx, time - options.resendAfter))) > 0);
  };

  const again = (rows: readonly MessageRow[]): void => {
    for (const row of rows) refused.push(row);
    resting = performance.now() + REFUSED_MS;
    rouse?.();
  };

  /** Waits for what the broker says of each; nobody waits for this, for meanwhile there is more to be sent. */
  const handOver = async (rows: readonly MessageRow[]): Promise<void> => {
    const results = await Promise.allSettled(rows.map((row) => broker.send(row.queue, wrap(row))));
    const reason = results.find((result) => result.status === 'rejected')?.reason;
    if (reason === undefined) return;
    if (broker.state().up) failed(reason, 'The broker did not take messages; they are sent again');
    again(rows.filter((_, index) => results[index]?.status === 'rejected'));
  };

  /** A store that is away has them back when it is there again. */
  const returnRefused = async (): Promise<void> => {
    const rows = refused.slice();
    if (rows.length === 0) return;
    await sharing(sql, (tx) => giveBack(tx, rows));
    refused.splice(0, rows.length);
  };

  /** Returns how long to wait for the next pass, unless woken. */
  const pass = async (): Promise<number> => {
    await returnRefused();
    if (loss) {
      while ((await sharing(sql, (tx) => giveBackOlder(tx, Number.MAX_SAFE_INTEGER))) > 0);
      loss = false;
    }
    if (!broker.state().up || performance.now() < resting) return POLL_MS;
    await sweep();
    const rows = await take.next();
    if (rows.length === 0) return POLL_MS;
    const handing = handOver(rows);
    sending.add(handing);
    void handing.then(() => sending.delete(handing));
    return 0;
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
    again,
    lost() {
      loss = true;
      rouse?.();
    },
    start() {
      running ??= loop();
    },
    async close() {
      closing = true;
      rouse?.();
      await running;
      await Promise.all(sending);
      await returnRefused().catch((error: unknown) => failed(error, 'Messages could not be given back'));
    },
  };
};
