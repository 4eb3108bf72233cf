import { type Channel, type ChannelModel, connect } from 'amqplib';
import { readAddress } from './address.ts';
import { AmqpConsumer } from './amqp-consumer.ts';
import { createExternal } from './amqp-external.ts';
import { createManagement } from './amqp-management.ts';
import { openPublisher, type Publisher } from './amqp-publisher.ts';
import { declareQueue, declareTopics, inChannel, troubleOf } from './amqp-topology.ts';
import { checkMessage, checkName, prefetchOf } from './arguments.ts';
import { ignore, politely, within } from './deadline.ts';
import { BrokerError, brokerClosed } from './error.ts';
import type { Broker, OpenBroker } from './port.ts';
import { createState } from './state.ts';

/** Real milliseconds and seconds of the connection, not of the business. */
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;
const HEARTBEAT_S = '10';
const RETRY = { initialDelay: 100, maxDelay: 5_000, factor: 2, jitter: 0.5 };

interface Link {
  readonly model: ChannelModel;
  readonly publisher: Publisher;
}

/** What shall be so: a binding that was taken away is remembered, too, for the server may not know it yet. */
interface Binding {
  readonly topic: string;
  readonly queue: string;
  readonly bound: boolean;
}

const nameOf = ({ topic, queue }: Binding): string => `${topic} ${queue}`;

/** Ends a connection of which a part failed, so that everything is made anew. */
const drop = (model: ChannelModel) => (): void => void model.close().catch(ignore);

/** RabbitMQ: durable queues, quorum where the server has them, publisher confirms, acknowledgement by hand. */
export const open: OpenBroker = async (text, { managementUrl }) => {
  const { url, prefix } = readAddress(text);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', HEARTBEAT_S);
  const topics = `${prefix}.topics`;
  const queueOf = (name: string): string => `${prefix}.${checkName('queue', name)}`;
  const state = createState({ up: false, reason: 'RabbitMQ: not connected yet' });
  const queues = new Set<string>();
  const bindings = new Map<string, Binding>();
  const consumers = new Set<AmqpConsumer>();
  let link: Link | undefined;
  let closing: Promise<void> | undefined;
  let turn: Promise<void> = Promise.resolve();

  const applyBinding = async (channel: Channel, binding: Binding): Promise<void> => {
    const { topic, queue, bound } = binding;
    if (bound) await channel.bindQueue(queue, topics, topic);
    else await channel.unbindQueue(queue, topics, topic);
    if (!bound && bindings.get(nameOf(binding)) === binding) bindings.delete(nameOf(binding));
  };
  const down = (error: unknown): void => {
    link = undefined;
    state.change({ up: false, reason: troubleOf(error).message });
  };
  /** Everything again on a new connection: the server may have lost it, or never have had it. */
  const prepare = async (model: ChannelModel): Promise<Link> => {
    await declareTopics(model, topics);
    for (const queue of queues) await declareQueue(model, queue);
    await inChannel(model, async (channel) => {
      for (const binding of bindings.values()) await applyBinding(channel, binding);
    });
    const publisher = await openPublisher(model, drop(model));
    for (const consumer of consumers) await consumer.attach(model, drop(model));
    return { model, publisher };
  };
  const setup = async (model: ChannelModel): Promise<void> => {
    model.on('error', ignore);
    // RabbitMQ 3.10 does not answer basic.consume on a quorum queue that it made just before it was killed.
    link = await within(ANSWER_TIMEOUT_MS, 'RabbitMQ', prepare(model)).catch((error: unknown) => {
      // Said here, too: a connection that hangs is closed before it is reported, and that takes its time.
      down(error);
      throw error;
    });
  };

  const connection = await connect(url.href, {
    timeout: CONNECT_TIMEOUT_MS,
    noDelay: true,
    clientProperties: { connection_name: prefix },
    recovery: { ...RETRY, waitForConnect: false, setup },
  });
  connection.on('connect', () => state.change({ up: true }));
  connection.on('disconnect', down);
  connection.on('connect-failed', down);
  connection.on('error', ignore);
  // RabbitMQ takes nothing while it is short of memory or disk.
  connection.on('blocked', (reason) => state.change({ up: false, reason: `RabbitMQ takes nothing: ${reason}` }));
  connection.on('unblocked', () => state.change({ up: true }));

  const refuseClosed = (): void => {
    if (closing !== undefined) throw brokerClosed();
  };
  const linkNow = (): Link => {
    const now = state.now();
    if (link !== undefined && now.up) return link;
    throw new BrokerError('unavailable', now.up ? 'RabbitMQ: not connected' : now.reason);
  };
  /** One after the other: RabbitMQ 3.10 ends a connection that consumes a quorum queue while another channel is making it. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(ignore);
    return mine;
  };
  /** Does it now where there is a connection. One that goes does not matter: `setup` does it on the next. */
  const whenLinked = async (work: (model: ChannelModel) => Promise<void>, undo: () => void): Promise<void> => {
    try {
      await inTurn(async () => {
        if (link !== undefined) await work(link.model);
      });
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.trouble === 'unavailable') return;
      undo();
      throw trouble;
    }
  };
  const remember = (topic: string, name: string, bound: boolean): Binding => {
    const binding = { topic: checkName('topic', topic), queue: queueOf(name), bound };
    bindings.set(nameOf(binding), binding);
    return binding;
  };
  const stopAll = async (): Promise<void> => {
    state.close();
    await Promise.all([...consumers].map((consumer) => consumer.stop()));
    await link?.publisher.idle();
    await politely(connection.close());
  };

  const begin = async (consumer: AmqpConsumer): Promise<() => Promise<void>> => {
    consumers.add(consumer);
    await whenLinked(
      (model) => consumer.attach(model, drop(model)),
      () => consumers.delete(consumer),
    );
    return () => {
      consumers.delete(consumer);
      return consumer.stop();
    };
  };
  const external = createExternal({
    broker: url,
    management: createManagement(url, managementUrl),
    queueOf,
    model() {
      refuseClosed();
      return linkNow().model;
    },
    async consume(queue, handler, gone) {
      refuseClosed();
      const ended = (): void => {
        if (!consumers.delete(consumer)) return;
        void consumer.stop();
        gone();
      };
      const consumer = new AmqpConsumer(queue, handler, prefetchOf(undefined), ended);
      return begin(consumer);
    },
  });

  const broker: Broker = {
    keyOrder: 'one-consumer',
    external,
    async send(name, message) {
      refuseClosed();
      const queue = queueOf(name);
      checkMessage(message);
      await linkNow().publisher.publish('', queue, message, true);
    },
    async publish(topic, message) {
      refuseClosed();
      checkName('topic', topic);
      checkMessage(message);
      await linkNow().publisher.publish(topics, topic, message, false);
    },
    async consume(name, handler, options) {
      refuseClosed();
      return begin(new AmqpConsumer(queueOf(name), handler, prefetchOf(options)));
    },
    async bind(topic, name) {
      refuseClosed();
      const binding = remember(topic, name, true);
      queues.add(binding.queue);
      await whenLinked(
        async (model) => {
          await declareQueue(model, binding.queue);
          await inChannel(model, (channel) => applyBinding(channel, binding));
        },
        () => bindings.delete(nameOf(binding)),
      );
    },
    async unbind(topic, name) {
      refuseClosed();
      const binding = remember(topic, name, false);
      await whenLinked((model) => inChannel(model, (channel) => applyBinding(channel, binding)), ignore);
    },
    async remove(name) {
      refuseClosed();
      const queue = queueOf(name);
      queues.delete(queue);
      for (const [key, binding] of bindings) if (binding.queue === queue) bindings.delete(key);
      const own = [...consumers].filter((consumer) => consumer.queue === queue);
      for (const consumer of own) consumers.delete(consumer);
      await Promise.all(own.map((consumer) => consumer.stop()));
      await inChannel(linkNow().model, (channel) => channel.deleteQueue(queue)).catch((error: unknown) => {
        throw troubleOf(error);
      });
    },
    state: state.now,
    onState: state.listen,
    close() {
      closing ??= stopAll();
      return closing;
    },
  };
  return broker;
};
