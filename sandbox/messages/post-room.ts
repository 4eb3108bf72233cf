import type { Consumer } from '../pattern.ts';

/** What the work queues are called, for all sandboxes of a pattern (rules 2). */
export const queueOf = (pattern: string, consumer: string): string => `${pattern}.${consumer}`;

const nothing = (): void => undefined;

/**
 * Where those who put messages into the store and the engine that moves them meet, in one process; rows are the truth, and
 * this only says when to look. `createMessageEngine` connects to it.
 */
export class PostRoom {
  #consumers: ReadonlyMap<string, Consumer> = new Map();
  #wake: () => void = nothing;
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
      this.#wake();
    };
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
