import { connect } from 'amqplib';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { openUp } from '../sandbox/broker/contract-inbox.ts';
import { startRabbitmq } from '../test/engines/rabbitmq.ts';
import { startRedis } from '../test/engines/redis.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

/** Messages that are on their way at the same time, and that a consumer holds at the same time. */
const WINDOW = 128;
const PREFETCH = 128;
/** About the size of a FHIR message. */
const BODY = JSON.stringify({ resourceType: 'Bundle', type: 'message', text: 'x'.repeat(1400) });
const HEADERS = { 'content-type': 'application/fhir+json', sandbox: 'abcdefgh', generation: '1' };

/** Something that carries messages from `send`, which resolves when they are confirmed, to `handled`, called after each. */
export interface Carrier {
  send(id: string): Promise<unknown>;
  onHandled(handled: () => void): void;
  close(): Promise<unknown>;
}

/** Messages a second, published → delivered → acknowledged, over about so many seconds. */
export const carry = async (carrier: Carrier, seconds: number): Promise<number> => {
  const began = performance.now();
  const until = began + seconds * 1000;
  let sent = 0;
  let handled = 0;
  let sending = true;
  const all = Promise.withResolvers<void>();
  const behind: (() => void)[] = [];
  carrier.onHandled(() => {
    handled += 1;
    behind.pop()?.();
    if (!sending && handled === sent) all.resolve();
  });
  const sender = async (): Promise<void> => {
    while (performance.now() < until) {
      // Not further ahead than a queue of some length: what is measured is the way, not the storage.
      if (sent - handled > 10 * WINDOW) await new Promise<void>((resolve) => behind.push(resolve));
      else await carrier.send(`m-${sent++}`);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, sender));
  sending = false;
  if (handled === sent) all.resolve();
  await all.promise;
  return (handled / (performance.now() - began)) * 1000;
};

const ours = async (url: string, queue: string): Promise<Carrier> => {
  const broker = await openUp(url);
  let handled = (): void => undefined;
  await broker.consume(queue, async () => handled(), { prefetch: PREFETCH });
  return {
    send: (id) => broker.send(queue, { id, headers: HEADERS, body: BODY }),
    onHandled: (listener) => {
      handled = listener;
    },
    close: () => broker.close(),
  };
};

/** The same durability, confirms and prefetch, written by hand. */
export const bareAmqp = async (url: string, queue: string): Promise<Carrier> => {
  const connection = await connect(url, { noDelay: true });
  const publisher = await connection.createConfirmChannel();
  const consumer = await connection.createChannel();
  await consumer.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await consumer.prefetch(PREFETCH);
  let handled = (): void => undefined;
  await consumer.consume(queue, (delivery) => {
    if (delivery === null) return;
    consumer.ack(delivery);
    handled();
  });
  const options = { persistent: true, mandatory: true, headers: HEADERS, contentType: 'application/fhir+json' };
  return {
    send: (messageId) =>
      new Promise<void>((resolve, reject) => {
        publisher.sendToQueue(queue, Buffer.from(BODY), { ...options, messageId }, (error) =>
          error === null ? resolve() : reject(error),
        );
      }),
    onHandled: (listener) => {
      handled = listener;
    },
    close: () => connection.close(),
  };
};

export const bareBullmq = async (url: string, name: string): Promise<Carrier> => {
  const connection = new Redis(url, { maxRetriesPerRequest: null, noDelay: true });
  const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true } });
  let handled = (): void => undefined;
  const taking = connection.duplicate();
  const worker = new Worker(name, async () => undefined, { connection: taking, concurrency: PREFETCH });
  worker.on('completed', () => handled());
  await worker.waitUntilReady();
  return {
    send: (id) => queue.add('message', { id, headers: HEADERS, text: BODY }),
    onHandled: (listener) => {
      handled = listener;
    },
    async close() {
      await worker.close();
      await queue.close();
      for (const one of [connection, taking]) one.disconnect();
    },
  };
};

type Open = (url: string, queue: string) => Promise<Carrier>;

const compare = async (name: string, url: string, bare: Open, { rounds, seconds }: Settings): Promise<Row> => {
  const [theirs, mine] = [await bare(url, 'bare'), await ours(url, 'ours')];
  const [bares, owns]: [number[], number[]] = [[], []];
  await carry(theirs, 1);
  await carry(mine, 1);
  for (let round = 0; round < rounds; round += 1) {
    bares.push(await carry(theirs, seconds));
    owns.push(await carry(mine, seconds));
  }
  await Promise.all([theirs.close(), mine.close()]);
  const ratios = owns.map((own, round) => own / (bares[round] ?? Number.NaN));
  const detail = { 'ours/s': median(owns), 'bare/s': median(bares) };
  return { name, unit: 'ratio', value: median(ratios), spread: spread(ratios), budget: { atLeast: 0.6 }, detail };
};

/** Each driver at the port against its client library alone, on the same server. */
export const brokers = async (settings: Settings): Promise<Row[]> => {
  const rabbitmq = await startRabbitmq({ management: false });
  const redis = await startRedis();
  try {
    return [
      await compare('RabbitMQ driver, against bare amqplib', rabbitmq.url, bareAmqp, settings),
      await compare('BullMQ driver, against a bare worker', redis.url, bareBullmq, settings),
    ];
  } finally {
    await Promise.all([rabbitmq.remove(), redis.remove()]);
  }
};
