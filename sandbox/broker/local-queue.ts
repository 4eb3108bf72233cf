import type { BrokerHandler, BrokerMessage } from './port.ts';

interface Consumer {
  readonly handler: BrokerHandler;
  readonly prefetch: number;
  running: number;
  readonly drained: PromiseWithResolvers<void>;
}

/** One queue in memory, and its consumers, who take in turn. A message of a key waits while another of the key is handled. */
export class LocalQueue {
  #ready: BrokerMessage[] = [];
  /** Where in `#ready` the next one is: shifting a long array costs its length. */
  #next = 0;
  /** The keys that are ready or being handled, and what waits behind each. */
  readonly #keys = new Map<string, BrokerMessage[]>();
  readonly #consumers: Consumer[] = [];
  #turn = 0;
  #woken = false;

  add(message: BrokerMessage): void {
    const behind = message.key === undefined ? undefined : this.#keys.get(message.key);
    if (behind !== undefined) {
      behind.push(message);
      return;
    }
    if (message.key !== undefined) this.#keys.set(message.key, []);
    this.#ready.push(message);
    this.#wake();
  }

  consume(handler: BrokerHandler, prefetch: number): () => Promise<void> {
    const consumer: Consumer = { handler, prefetch, running: 0, drained: Promise.withResolvers() };
    this.#consumers.push(consumer);
    this.#wake();
    return () => this.#stop(consumer);
  }

  /** Stops every consumer, and waits for what they are handling. */
  async stop(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => this.#stop(consumer)));
  }

  #stop(consumer: Consumer): Promise<void> {
    const place = this.#consumers.indexOf(consumer);
    if (place !== -1) this.#consumers.splice(place, 1);
    if (consumer.running === 0) consumer.drained.resolve();
    return consumer.drained.promise;
  }

  /** Not at once: the sender goes on first, and a message that fails again and again leaves room for everything else. */
  #wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    for (let consumer = this.#free(); consumer !== undefined; consumer = this.#free()) {
      const message = this.#ready[this.#next];
      if (message === undefined) break;
      this.#next += 1;
      void this.#handle(consumer, message);
    }
    if (this.#next > 1024 && this.#next * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#next);
      this.#next = 0;
    }
  }

  #free(): Consumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried += 1) {
      this.#turn = (this.#turn + 1) % this.#consumers.length;
      const consumer = this.#consumers[this.#turn];
      if (consumer !== undefined && consumer.running < consumer.prefetch) return consumer;
    }
    return undefined;
  }

  async #handle(consumer: Consumer, message: BrokerMessage): Promise<void> {
    consumer.running += 1;
    try {
      await consumer.handler(message);
      this.#done(message);
    } catch {
      // Its key, if it has one, stays taken: what waits behind it keeps waiting.
      this.#ready.push(message);
    }
    consumer.running -= 1;
    if (consumer.running === 0 && !this.#consumers.includes(consumer)) consumer.drained.resolve();
    this.#wake();
  }

  #done({ key }: BrokerMessage): void {
    if (key === undefined) return;
    const next = this.#keys.get(key)?.shift();
    if (next === undefined) this.#keys.delete(key);
    else this.#ready.push(next);
  }
}
