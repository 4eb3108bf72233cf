import type { Journal } from '../journal.ts';
import type { Consumer } from '../pattern.ts';
import type { Sql, Tx } from '../sql/port.ts';
import { createAtHand } from './at-hand.ts';
import { Postbag } from './postbag.ts';
import { createTogether, type Together } from './together.ts';

/** What the work queues are called, for all sandboxes of a pattern (rules 2). */
export const queueOf = (pattern: string, consumer: string): string => `${pattern}.${consumer}`;

const nothing = (): void => undefined;

/** Messages that were handled before the relay looks for more, and how long that may take in real milliseconds. */
const FREED_MAX = 16;
const FREED_MS = 2;

/**
 * Where those who put messages into the store and the engine that moves them meet, in one process; rows are the truth, and
 * this only says when to look. `createMessageEngine` connects to it.
 */
export class PostRoom {
  readonly atHand = createAtHand();
  #consumers: ReadonlyMap<string, Consumer> = new Map();
  #wake: () => void = nothing;
  /** Of open transactions. */
  readonly #bags = new Map<Tx, Postbag>();
  #together: Together | undefined;
  #freed = 0;
  #filling: NodeJS.Timeout | undefined;
  readonly #inHand = new Map<number, number>();
  readonly #watchers = new Map<number, Set<() => void>>();

  connect(consumers: ReadonlyMap<string, Consumer>, wake: () => void): void {
    this.#consumers = consumers;
    this.#wake = wake;
  }

  /** The consumer behind a queue; undefined where no pattern has one. */
  consumer(queue: string): Consumer | undefined {
    return this.#consumers.get(queue);
  }

  /**
   * Runs a part of a transaction with what the whole of it puts into queues and the journal; the outermost writes that. It
   * says whether it is `among` several that are run each by itself where they fail together.
   */
  async gather<T>(tx: Tx, journal: Journal, body: (bag: Postbag) => Promise<T>, among = false): Promise<T> {
    const open = this.#bags.get(tx);
    if (open !== undefined) return body(open);
    const bag = new Postbag(among, this.atHand);
    this.#bags.set(tx, bag);
    try {
      const result = await body(bag);
      await bag.empty(tx, journal);
      return result;
    } finally {
      this.#bags.delete(tx);
    }
  }

  /** Transactions of which those of one sandbox that wait at the same time are one, with what they put into queues. */
  together(sql: Sql, journal: Journal): Together {
    this.#together ??= createTogether(sql, (tx, body, among) => this.gather(tx, journal, () => body(tx), among));
    return this.#together;
  }

  /** To be called once a message that is ready is committed. */
  wake(): void {
    this.#wake();
  }

  /** Marks that a message of a sandbox is being handled, until what it returns is called. */
  takeInHand(serial: number): () => void {
    this.#inHand.set(serial, (this.#inHand.get(serial) ?? 0) + 1);
    return () => {
      const left = (this.#inHand.get(serial) ?? 1) - 1;
      if (left > 0) this.#inHand.set(serial, left);
      else this.#inHand.delete(serial);
      for (const call of this.#watchers.get(serial) ?? []) call();
      this.#free();
    };
  }

  /** There is room for more. It is filled for many at once, and at once where nothing is left to come. */
  #free(): void {
    this.#freed += 1;
    if (this.#freed >= FREED_MAX || this.#inHand.size === 0) {
      clearTimeout(this.#filling);
      this.#filling = undefined;
      this.#freed = 0;
      this.#wake();
    } else {
      this.#filling ??= setTimeout(() => {
        this.#filling = undefined;
        this.#freed = 0;
        this.#wake();
      }, FREED_MS);
    }
  }

  isInHand(serial: number): boolean {
    return this.#inHand.has(serial);
  }

  /** Calls `changed` after a message of the sandbox was handled; returns how to stop that. */
  watch(serial: number, changed: () => void): () => void {
    const watchers = this.#watchers.get(serial) ?? new Set();
    this.#watchers.set(serial, watchers.add(changed));
    return () => {
      watchers.delete(changed);
      if (watchers.size === 0) this.#watchers.delete(serial);
    };
  }
}
