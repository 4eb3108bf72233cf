import { Redis } from 'ioredis';
import { readAddress } from './address.ts';
import { checkMessage, checkName, prefetchOf } from './arguments.ts';
import { BrokerError, brokerClosed, unroutable } from './error.ts';
import { type Broker, type OpenBroker, PATIENCE_MS } from './port.ts';
import { RedisConsumer, TakingRedis } from './redis-consumer.ts';
import { RedisOutbox } from './redis-outbox.ts';
import { RedisRegistry } from './redis-registry.ts';
import { troubleOf } from './redis-wire.ts';
import { createLoss, createState } from './state.ts';

/** Real milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 5_000;

/** With jitter, so that many nodes do not come back at once. */
const retryStrategy = (attempt: number): number =>
  Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt - 1, 10)) * (0.5 + Math.random() / 2);

/** Redis through BullMQ. Debian's Redis keeps nothing on disk: what it loses is sent again by whoever keeps the rows. */
export const open: OpenBroker = async (text, { patience = PATIENCE_MS }) => {
  const { url, prefix } = readAddress(text);
  // A worker that waits for work asks again every few seconds: BullMQ waits ten at most.
  const common = { retryStrategy, connectTimeout: CONNECT_TIMEOUT_MS, socketTimeout: patience, noDelay: true };
  // Whoever sends is told at once that the server is away; whoever waits for work waits, as BullMQ demands of a worker.
  const sender = new Redis(url.href, { ...common, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  const taker = new TakingRedis(url.href, { ...common, maxRetriesPerRequest: null });
  const registry = new RedisRegistry(sender, prefix);
  const outbox = new RedisOutbox(sender, prefix);
  const state = createState({ up: false, reason: 'Redis: not connected yet' });
  const loss = createLoss();
  const consumers = new Set<RedisConsumer>();
  let closing: Promise<void> | undefined;
  let trouble: unknown;

  const down = (): void => {
    outbox.forgetAll();
    state.change({ up: false, reason: troubleOf(trouble ?? 'the connection ended').message });
    trouble = undefined;
  };
  sender.on('error', (error) => {
    trouble = error;
  });
  // What happens to this one happens to the other, which tells.
  taker.on('error', () => undefined);
  sender.on('close', down);
  sender.on('ready', () => {
    Promise.all([registry.startedAnew(), registry.restore()]).then(
      ([anew]) => {
        if (sender.status === 'ready') state.change({ up: true });
        if (anew) loss.happen();
      },
      (error: unknown) => {
        trouble = error;
        sender.disconnect(true);
      },
    );
  });

  const refuseClosed = (): void => {
    if (closing !== undefined) throw brokerClosed();
  };
  const requireUp = (): void => {
    const now = state.now();
    if (!now.up) throw new BrokerError('unavailable', now.reason);
  };
  /** While the server is away `restore` does it later, on the next connection. */
  const whenUp = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      const found = troubleOf(error);
      if (found.trouble !== 'unavailable') throw found;
    }
  };
  const tell = async (work: () => Promise<void>): Promise<void> => {
    requireUp();
    try {
      await work();
    } catch (error) {
      throw troubleOf(error);
    }
  };
  const stopAll = async (): Promise<void> => {
    state.close();
    await Promise.all([...consumers].map((consumer) => consumer.stop()));
    await outbox.idle();
    outbox.forgetAll();
    sender.disconnect();
    taker.disconnectAll();
  };

  const broker: Broker = {
    async send(name, message) {
      refuseClosed();
      checkName('queue', name);
      checkMessage(message);
      await tell(async () => {
        if (!(await registry.has(name))) throw unroutable(name);
        await outbox.add(name, message);
      });
    },
    async publish(topic, message) {
      refuseClosed();
      checkName('topic', topic);
      checkMessage(message);
      await tell(async () => {
        const bound = await registry.boundTo(topic);
        await Promise.all(bound.map((queue) => outbox.add(queue, message)));
      });
    },
    async consume(name, handler, options) {
      refuseClosed();
      const queue = checkName('queue', name);
      const prefetch = prefetchOf(options);
      await whenUp(registry.declare(queue));
      const consumer = new RedisConsumer({ connection: taker, prefix, queue, handler, prefetch });
      consumers.add(consumer);
      return () => {
        consumers.delete(consumer);
        return consumer.stop();
      };
    },
    async bind(topic, queue) {
      refuseClosed();
      await whenUp(registry.bind(checkName('topic', topic), checkName('queue', queue), true));
    },
    async unbind(topic, queue) {
      refuseClosed();
      await whenUp(registry.bind(checkName('topic', topic), checkName('queue', queue), false));
    },
    async remove(name) {
      refuseClosed();
      checkName('queue', name);
      const own = [...consumers].filter(({ queue }) => queue === name);
      for (const consumer of own) consumers.delete(consumer);
      await Promise.all(own.map((consumer) => consumer.stop()));
      await tell(async () => {
        await registry.remove(name);
        await outbox.obliterate(name);
      });
    },
    state: state.now,
    onState: state.listen,
    onLoss: loss.listen,
    close() {
      closing ??= stopAll();
      return closing;
    },
  };
  return broker;
};
