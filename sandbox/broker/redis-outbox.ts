import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { ignore } from './deadline.ts';
import type { BrokerMessage } from './port.ts';
import { encode, type JobData } from './redis-wire.ts';

type JobQueue = Queue<JobData, void, string>;

/** The BullMQ queues that this node has sent to. A queue is made for one connection and let go with it. */
export class RedisOutbox {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #queues = new Map<string, JobQueue>();
  readonly #sending = new Set<Promise<unknown>>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async add(name: string, message: BrokerMessage): Promise<void> {
    const adding = this.#queue(name).add('message', encode(message));
    this.#sending.add(adding);
    try {
      await adding;
    } finally {
      this.#sending.delete(adding);
    }
  }

  /** Deletes the queue and what is in it. */
  async obliterate(name: string): Promise<void> {
    await this.#queue(name).obliterate({ force: true });
    await this.#queue(name).close();
    this.#queues.delete(name);
  }

  forgetAll(): void {
    for (const queue of this.#queues.values()) void queue.close().catch(ignore);
    this.#queues.clear();
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#sending);
  }

  #queue(name: string): JobQueue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue: JobQueue = new Queue(name, {
      connection: this.#redis,
      prefix: this.#prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
      defaultJobOptions: {
        // Again at once, and for ever; a job that is done leaves nothing behind.
        attempts: Number.MAX_SAFE_INTEGER,
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    });
    queue.on('error', ignore);
    this.#queues.set(name, queue);
    return queue;
  }
}
