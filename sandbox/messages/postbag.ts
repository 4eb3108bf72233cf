import type { ExchangeEnd, ExchangeStart, Journal, WholeExchange } from '../journal.ts';
import type { Tx } from '../sql/port.ts';
import { scheduleTimer } from '../timer-rows.ts';
import type { AtHand } from './at-hand.ts';
import { insertMessages } from './insert-messages.ts';
import { DUE_TIMER, EXPIRY_TIMER } from './message-timers.ts';
import { type Attempt, hasPredecessor, type MessageRow, type MessageState } from './rows.ts';
import { takeOut } from './take-out.ts';

/** A message on its way into the store. */
export interface Posted extends Omit<MessageRow, 'seq'> {
  /** Sandbox clock, where it may not be delivered before. */
  readonly due: number | null;
  /** Whether its body is only its own: nobody can change it any more, nor is it a piece of more. */
  readonly apart: boolean;
  /** What faults make of it, to be asked in the order in which messages are accepted. */
  readonly decide?: (tx: Tx) => Promise<string | null>;
}

interface Item extends WholeExchange {
  readonly posted?: Posted;
}

/**
 * What one transaction puts into the queues and the journal of a sandbox. It is written at the end, with as few statements
 * as it takes: one number after the other, many rows with one insert, and one count of all.
 */
export class Postbag {
  /** Whether it is for several bodies, each of which is run by itself where they fail together. */
  readonly among: boolean;
  readonly #atHand: AtHand;
  readonly #items: Item[] = [];
  readonly #done: { readonly row: Attempt; readonly now: number }[] = [];

  constructor(among: boolean, atHand: AtHand) {
    this.among = among;
    this.#atHand = atHand;
  }

  /** Takes a message out of its queue, with the others at the end; all of it fails where one of them is not there any more. */
  takeOut(row: Attempt, now: number): void {
    this.#done.push({ row, now });
  }

  add(start: ExchangeStart, end: ExchangeEnd, posted?: Posted): void {
    this.#items.push(posted === undefined ? { start, end } : { start, end, posted });
  }

  /** Rejects where that generation of the sandbox is gone. */
  async empty(tx: Tx, journal: Journal): Promise<void> {
    if (this.#items.length === 0) return;
    for (const [serial, done] of Map.groupBy(this.#done.splice(0), ({ row }) => row.serial)) {
      const attempts = done.map(({ row }) => row);
      await takeOut(tx, serial, attempts, Math.max(...done.map(({ now }) => now)));
    }
    for (const items of Map.groupBy(this.#items.splice(0), ({ start }) => start.serial).values()) {
      const first = await journal.beginAll(tx, items);
      const messages = items.flatMap(({ posted }, index) => (posted ? [{ ...posted, seq: first + index }] : []));
      if (messages.length > 0) await this.#put(tx, messages);
    }
  }

  async #put(tx: Tx, messages: readonly (Posted & MessageRow)[]): Promise<void> {
    const keys = new Set<string>();
    const rows: (Posted & MessageRow & { readonly state: MessageState })[] = [];
    for (const message of messages) {
      const { serial, queue, ordering, due } = message;
      const key = JSON.stringify([queue, ordering]);
      const behind = ordering !== null && (keys.has(key) || (await hasPredecessor(tx, serial, queue, ordering)));
      keys.add(key);
      const state = behind ? 'following' : due === null ? 'ready' : 'waiting';
      rows.push({ ...message, state, fate: (await message.decide?.(tx)) ?? null });
    }
    await insertMessages(tx, rows);
    for (const row of rows) if (row.apart && row.state === 'ready') this.#atHand.keep(row);
    for (const { id, sandbox, serial, receiver, due, expires } of messages) {
      const about = { sandbox, serial, participant: receiver };
      if (due !== null) await scheduleTimer(tx, { ...about, timer: { name: DUE_TIMER, due, data: { id } } });
      if (expires !== null)
        await scheduleTimer(tx, { ...about, timer: { name: EXPIRY_TIMER, due: expires, data: { id } } });
    }
  }
}
