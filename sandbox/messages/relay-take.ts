import { countingMessages } from '../faults.ts';
import type { Sql, Tx } from '../sql/port.ts';
import type { AtHand } from './at-hand.ts';
import { createFairShare, REDUCED } from './fair-share.ts';
import {
  countSent,
  hasNoneSent,
  isDeep,
  readySerials,
  SANDBOXES_MAX,
  SENT_MAX,
  sharing,
  takeReady,
} from './relay-rows.ts';
import type { MessageRow } from './rows.ts';

export interface TakeOptions {
  readonly sql: Sql;
  readonly real: () => number;
  /** Messages that the broker may have of a sandbox while no other has any. */
  readonly alone: number;
  /** Which of those that share the store this is; undefined where it is the only one. */
  readonly node: string | undefined;
  readonly atHand: AtHand;
}

/** What is relayed next, and in what proportion. */
export interface Take {
  /** Marks as sent what may go now, by turns among the sandboxes that have something ready; returns it in order. */
  next(): Promise<readonly MessageRow[]>;
  /** Drops what is remembered of sandboxes that sent nothing for a while. */
  forget(): void;
}

/** How long it is believed that a queue is short, and that it is deep: that one takes its time to become short. */
const SHORT_MS = 100;
const DEEP_MS = 1_000;

interface Taken {
  readonly rows: MessageRow[];
  readonly time: number;
  /** Those with less than a whole share, and what they could still have had. */
  readonly reduced?: ReadonlySet<number>;
  readonly left?: number;
}

/** Of the messages that the broker may have in all, those that are kept for whoever gets by with less. */
const RESERVED = 64;

interface Looked {
  readonly deep: boolean;
  readonly at: number;
}

export const createTake = ({ sql, real, alone, node, atHand }: TakeOptions): Take => {
  const fair = createFairShare(alone);
  const depths = new Map<number, Looked>();
  /** The sandboxes at which the last pass ended, and with those that get by with less: the next begins behind them. */
  let after = 0;
  let afterReduced = 0;

  const isFresh = (looked: Looked | undefined, time: number): boolean =>
    looked !== undefined && Math.abs(time - looked.at) <= (looked.deep ? DEEP_MS : SHORT_MS);

  const deepOf = async (tx: Tx, serials: readonly number[], time: number): Promise<ReadonlySet<number>> => {
    const deep = new Set<number>();
    for (const serial of serials) {
      if (!isFresh(depths.get(serial), time)) depths.set(serial, { deep: await isDeep(tx, serial), at: time });
      if (depths.get(serial)?.deep === true) deep.add(serial);
    }
    return deep;
  };

  /** Those behind the last one, and then those before it: who has had its turn still counts in how the rest is shared out. */
  const turn = async (tx: Tx): Promise<readonly number[]> => {
    const least = await readySerials(tx, 0);
    const behind = least.filter((serial) => serial > after);
    const ahead = least.length < SANDBOXES_MAX ? behind : await readySerials(tx, after);
    return [...ahead, ...least.filter((serial) => serial <= after)].slice(0, SANDBOXES_MAX);
  };

  /** A body, which may run again: what it found out is remembered once it is committed. */
  const take = async (tx: Tx): Promise<Taken> => {
    const serials = await turn(tx);
    const time = real();
    const taken: Taken = { rows: [], time };
    if (serials.length === 0) return taken;
    const sent = await countSent(tx);
    const room = SENT_MAX - [...sent.values()].reduce((sum, n) => sum + n, 0);
    const active = [...new Set([...serials, ...sent.keys()])];
    const deep = active.length === 1 ? new Set<number>() : await deepOf(tx, active, time);
    const shares = fair.shares(active, deep, time);
    const oneByOne = await countingMessages(tx, serials);
    const from = async (serial: number, most: number): Promise<void> => {
      let limit = Math.min(most, (shares.get(serial) ?? 0) - (sent.get(serial) ?? 0));
      // A fault strikes the first so many: what they set off counts, and would come now in this order and now in that.
      if (oneByOne.has(serial)) limit = (await hasNoneSent(tx, serial, node)) ? Math.min(limit, 1) : 0;
      if (limit <= 0) return;
      for (const row of await takeReady(tx, serial, { real: time, limit, node, atHand })) taken.rows.push(row);
    };
    const reduced = serials.filter((serial) => shares.get(serial) === REDUCED);
    for (const serial of serials)
      if (!reduced.includes(serial)) await from(serial, room - RESERVED - taken.rows.length);
    if (reduced.length === 0) return taken;
    const others = taken.rows.length;
    const left = fair.left(others, time);
    // Not one by one: a few together cost little more than one, in statements, transactions and pages that are written.
    if (left < REDUCED) return { ...taken, reduced: new Set(reduced), left };
    const used = (): number => taken.rows.length - others;
    const behind = (serial: number): boolean => serial > afterReduced;
    for (const serial of [...reduced.filter(behind), ...reduced.filter((one) => !behind(one))])
      await from(serial, Math.min(room - taken.rows.length, Math.floor(left - used())));
    return { ...taken, reduced: new Set(reduced), left: left - used() };
  };

  return {
    async next() {
      const { rows, time, reduced, left } = await sharing(sql, take);
      atHand.drop(rows);
      after = rows.findLast(({ serial }) => reduced?.has(serial) !== true)?.serial ?? after;
      afterReduced = rows.findLast(({ serial }) => reduced?.has(serial) === true)?.serial ?? afterReduced;
      for (const [serial, some] of Map.groupBy(rows, (row) => row.serial)) fair.count(serial, some.length, time);
      if (left !== undefined) fair.keep(left, time);
      return rows;
    },
    forget() {
      const time = real();
      fair.forget(time);
      for (const [serial, looked] of depths) if (!isFresh(looked, time)) depths.delete(serial);
    },
  };
};
