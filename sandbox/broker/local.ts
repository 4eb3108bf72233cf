import { checkMessage, checkName, prefetchOf } from './arguments.ts';
import { BrokerError, brokerClosed, unroutable } from './error.ts';
import { LocalQueue } from './local-queue.ts';
import type { Broker, BrokerMessage, OpenBroker } from './port.ts';

/** What arrives is what was sent, whatever the sender does with its buffer afterwards. */
const copyOf = (message: BrokerMessage): BrokerMessage => ({
  ...message,
  headers: { ...message.headers },
  body: typeof message.body === 'string' ? message.body : new Uint8Array(message.body),
});

/** In this process and its memory: what a message has to survive is a row (rules 2). */
export const open: OpenBroker = async (url) => {
  if (url.toLowerCase() !== 'local:') {
    throw new BrokerError('misuse', 'BROKER_URL: the embedded broker has no address; write local:');
  }
  const queues = new Map<string, LocalQueue>();
  const topics = new Map<string, Set<string>>();
  let closing: Promise<void> | undefined;

  const refuseClosed = (): void => {
    if (closing !== undefined) throw brokerClosed();
  };
  const declare = (name: string): LocalQueue => {
    const queue = queues.get(checkName('queue', name)) ?? new LocalQueue();
    queues.set(name, queue);
    return queue;
  };

  const broker: Broker = {
    keyOrder: 'all-consumers',
    async send(name, message) {
      refuseClosed();
      const queue = queues.get(checkName('queue', name));
      if (queue === undefined) throw unroutable(name);
      queue.add(copyOf(checkMessage(message)));
    },
    async consume(name, handler, options) {
      refuseClosed();
      return declare(name).consume(handler, prefetchOf(options));
    },
    async bind(topic, name) {
      refuseClosed();
      checkName('topic', topic);
      declare(name);
      topics.set(topic, (topics.get(topic) ?? new Set()).add(name));
    },
    async unbind(topic, name) {
      refuseClosed();
      checkName('queue', name);
      topics.get(checkName('topic', topic))?.delete(name);
    },
    async publish(topic, message) {
      refuseClosed();
      checkMessage(message);
      for (const name of topics.get(checkName('topic', topic)) ?? []) queues.get(name)?.add(copyOf(message));
    },
    async remove(name) {
      refuseClosed();
      const queue = queues.get(checkName('queue', name));
      queues.delete(name);
      for (const bound of topics.values()) bound.delete(name);
      await queue?.stop();
    },
    state: () => (closing === undefined ? { up: true } : { up: false, reason: 'The broker was closed' }),
    // It is up from the first moment to the last.
    onState: () => () => undefined,
    close() {
      closing ??= Promise.all([...queues.values()].map((queue) => queue.stop())).then(() => undefined);
      return closing;
    },
  };
  return broker;
};
