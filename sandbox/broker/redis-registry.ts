import type { Redis } from 'ioredis';

interface Binding {
  readonly topic: string;
  readonly queue: string;
  readonly bound: boolean;
}

/**
 * Which queues there are and what they are bound to, in sets of Redis, so that every node sees it. What this node declared
 * it remembers, and declares again when the server comes back, perhaps empty.
 */
export class RedisRegistry {
  readonly #redis: Redis;
  readonly #prefix: string;
  #run: string | undefined;
  readonly #declared = new Set<string>();
  readonly #bindings = new Map<string, Binding>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** A queue's name begins with a letter, so these are no queue's keys. */
  #key(what: 'queues' | 'topic' | 'bound', name = ''): string {
    return `${this.#prefix}:_${what}:${name}`;
  }

  async declare(queue: string): Promise<void> {
    this.#declared.add(queue);
    await this.#redis.sadd(this.#key('queues'), queue);
  }

  async has(queue: string): Promise<boolean> {
    return this.#declared.has(queue) || (await this.#redis.sismember(this.#key('queues'), queue)) === 1;
  }

  boundTo(topic: string): Promise<string[]> {
    return this.#redis.smembers(this.#key('topic', topic));
  }

  async bind(topic: string, queue: string, bound: boolean): Promise<void> {
    const binding = { topic, queue, bound };
    this.#bindings.set(`${topic} ${queue}`, binding);
    if (bound) this.#declared.add(queue);
    await this.#apply(binding);
  }

  async remove(queue: string): Promise<void> {
    this.#declared.delete(queue);
    for (const [name, binding] of this.#bindings) if (binding.queue === queue) this.#bindings.delete(name);
    const topics = await this.#redis.smembers(this.#key('bound', queue));
    const all = this.#redis.multi().srem(this.#key('queues'), queue).del(this.#key('bound', queue));
    for (const topic of topics) all.srem(this.#key('topic', topic), queue);
    await all.exec();
  }

  /**
   * Whether the server was started since this node asked, or may have been before it first did: it then has what it keeps on
   * disk, which may be old, or nothing.
   */
  async startedAnew(): Promise<boolean> {
    const run = /^run_id:(\w+)/m.exec(await this.#redis.info('server'))?.[1];
    const before = this.#run;
    this.#run = run;
    return run === undefined || run !== before;
  }

  async restore(): Promise<void> {
    if (this.#declared.size > 0) await this.#redis.sadd(this.#key('queues'), ...this.#declared);
    for (const binding of this.#bindings.values()) await this.#apply(binding);
  }

  async #apply(binding: Binding): Promise<void> {
    const { topic, queue, bound } = binding;
    const all = this.#redis.multi();
    if (bound) {
      all
        .sadd(this.#key('queues'), queue)
        .sadd(this.#key('topic', topic), queue)
        .sadd(this.#key('bound', queue), topic);
    } else {
      all.srem(this.#key('topic', topic), queue).srem(this.#key('bound', queue), topic);
    }
    await all.exec();
    const name = `${topic} ${queue}`;
    if (!bound && this.#bindings.get(name) === binding) this.#bindings.delete(name);
  }
}
