import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { ignore, politely } from './deadline.ts';
import type { BrokerHandler } from './port.ts';
import { decode, type JobData } from './redis-wire.ts';

/** Real milliseconds: a job whose lock was not renewed for so long is another worker's, for its own has died. */
const LOCK_MS = 15_000;
const STALLED_EVERY_MS = 10_000;
const RETRY_MS = 200;
/** It is never given up: what fails for ever is the sender's to find out. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** The connection of all workers; it knows those that BullMQ makes of it, one a worker, to wait on for jobs. */
export class TakingRedis extends Redis {
  readonly #made = new Set<Redis>();

  override duplicate(override?: Parameters<Redis['duplicate']>[0]): Redis {
    const made = super.duplicate(override);
    this.#made.add(made);
    made.once('end', () => this.#made.delete(made));
    return made;
  }

  /** BullMQ does not end a connection that it makes while that waits for a server which is away. */
  disconnectAll(): void {
    for (const made of this.#made) made.disconnect();
    this.disconnect();
  }
}

export interface ConsumerOptions {
  readonly connection: TakingRedis;
  readonly prefix: string;
  readonly queue: string;
  readonly handler: BrokerHandler;
  readonly prefetch: number;
}

/** One consumer of a queue, as a BullMQ worker; it waits for its connection by itself. */
export class RedisConsumer {
  readonly queue: string;
  readonly #connection: TakingRedis;
  readonly #worker: Worker<JobData, void>;
  readonly #running = new Set<Promise<void>>();
  #stopping: Promise<void> | undefined;

  constructor({ connection, prefix, queue, handler, prefetch }: ConsumerOptions) {
    this.queue = queue;
    this.#connection = connection;
    const work = async (job: { readonly data: JobData }): Promise<void> => {
      const running = Promise.resolve(handler(decode(job.data)));
      const settled = running.catch(ignore);
      this.#running.add(settled);
      try {
        await running;
      } finally {
        this.#running.delete(settled);
      }
    };
    this.#worker = new Worker<JobData, void>(queue, work, {
      connection,
      prefix,
      concurrency: prefetch,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_EVERY_MS,
      maxStalledCount: NEVER,
      runRetryDelay: RETRY_MS,
      skipVersionCheck: true,
    });
    // A connection that goes is the driver's to tell, and a failed handler is tried again.
    this.#worker.on('error', ignore);
  }

  /** Takes no more and waits for the handlers that run; what they could not report is delivered again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#worker.pause(true);
    await Promise.all(this.#running);
    const closing = politely(this.#worker.close());
    // While the server is away that ends when it is back, or with the connection.
    if (this.#connection.status === 'ready') await closing;
  }
}
