import { type ChannelModel, connect } from 'amqplib';
import { readAddress } from './address.ts';
import { AmqpConsumer } from './amqp-consumer.ts';
import { hangUp } from './amqp-ending.ts';
import { createExternal } from './amqp-external.ts';
import { createManagement } from './amqp-management.ts';
import { openPublisher, type Publisher } from './amqp-publisher.ts';
import { type Asked, createStanding } from './amqp-standing.ts';
import { inChannel, troubleOf } from './amqp-topology.ts';
import { checkMessage, checkName, prefetchOf } from './arguments.ts';
import { ignore, politely, within } from './deadline.ts';
import { BrokerError, brokerClosed } from './error.ts';
import { type Broker, type OpenBroker, PATIENCE_MS } from './port.ts';
import { createState } from './state.ts';

/** Real milliseconds and seconds of the connection, not of the business. */
const CONNECT_TIMEOUT_MS = 10_000;
const HEARTBEAT_S = '10';
const RETRY = { initialDelay: 100, maxDelay: 5_000, factor: 2, jitter: 0.5 };

interface Link {
  readonly model: ChannelModel;
  readonly publisher: Publisher;
}

/** RabbitMQ: durable queues, quorum where the server has them, publisher confirms, acknowledgement by hand. */
export const open: OpenBroker = async (text, { managementUrl, patience = PATIENCE_MS }) => {
  const { url, prefix } = readAddress(text);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', HEARTBEAT_S);
  const topics = `${prefix}.topics`;
  const queueOf = (name: string): string => `${prefix}.${checkName('queue', name)}`;
  const state = createState({ up: false, reason: 'RabbitMQ: not connected yet' });
  const standing = createStanding(topics);
  let link: Link | undefined;
  let closing: Promise<void> | undefined;
  let turn: Promise<void> = Promise.resolve();

  /** A server may be there, with heartbeats, and not answer on one channel: for a queue that has no leader. */
  const answered = <T>(work: Promise<T>): Promise<T> => within(patience, 'RabbitMQ', work);
  const down = (error: unknown): void => {
    link = undefined;
    state.change({ up: false, reason: troubleOf(error).message });
  };
  /** What ended a connection: the first that was said of it. */
  const ends = new WeakMap<ChannelModel, Error>();
  const noteEnd = (model: ChannelModel, why: Error): void => {
    if (!ends.has(model)) ends.set(model, why);
  };
  /** Ends a connection of which a part failed, so that everything is made anew. */
  const drop = (model: ChannelModel, why: Error = new Error('a channel ended')): void => {
    noteEnd(model, why);
    // Nobody sends to it from now on: it may take its time to end.
    if (link?.model === model) down(ends.get(model));
    void hangUp(model, patience);
  };
  const prepare = async (model: ChannelModel): Promise<void> => {
    const publisher = await openPublisher(model, patience, (why) => drop(model, why));
    await standing.establish(model, drop, () => {
      // With the last answer there may have come that the connection ends: nobody else listens for that yet.
      const why = ends.get(model);
      if (why !== undefined) throw why;
      link = { model, publisher };
    });
  };
  const setup = async (model: ChannelModel): Promise<void> => {
    model.on('error', (why: Error) => noteEnd(model, why));
    model.once('close', (why?: Error) => noteEnd(model, why ?? new Error('the connection ended')));
    try {
      await answered(prepare(model));
    } catch (error) {
      // RabbitMQ 3.10 does not answer basic.consume on a quorum queue that it made shortly before it was killed: it has to be deleted.
      const asked = error instanceof BrokerError ? standing.asked() : undefined;
      const why = troubleOf(error);
      const told =
        asked === undefined ? why : new BrokerError(why.trouble, `${why.message}, asked for the queue ${asked}`);
      // Before it is reported: whoever made it would wait for its end as long as there are heartbeats.
      drop(model, told);
      down(told);
      throw told;
    }
  };

  const connection = await connect(url.href, {
    timeout: Math.min(CONNECT_TIMEOUT_MS, patience),
    noDelay: true,
    clientProperties: { connection_name: prefix },
    recovery: { ...RETRY, waitForConnect: false, setup },
  });
  const up = (): void => {
    if (link !== undefined) state.change({ up: true });
  };
  connection.on('connect', up);
  connection.on('disconnect', down);
  connection.on('connect-failed', down);
  connection.on('error', ignore);
  // RabbitMQ takes nothing while it is short of memory or disk.
  connection.on('blocked', (reason) => state.change({ up: false, reason: `RabbitMQ takes nothing: ${reason}` }));
  connection.on('unblocked', up);

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
  /** Does it now where there is a connection. One that goes, or does not answer, does not matter: it is done on the next. */
  const whenLinked = async ({ work, undo }: Asked): Promise<void> => {
    try {
      await inTurn(async () => {
        const model = link?.model;
        if (model === undefined) return standing.meanwhile(work);
        await answered(work(model)).catch((error: unknown) => {
          if (error instanceof BrokerError) drop(model, error);
          throw error;
        });
      });
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.trouble === 'unavailable') return;
      undo();
      throw trouble;
    }
  };
  const stopAll = async (): Promise<void> => {
    state.close();
    await Promise.all(standing.consumers().map((consumer) => consumer.stop()));
    await link?.publisher.idle();
    const last = link?.model;
    await politely(connection.close());
    if (last !== undefined) await hangUp(last, patience);
  };

  const begin = async (consumer: AmqpConsumer): Promise<() => Promise<void>> => {
    await whenLinked(standing.consume(consumer, drop));
    return () => {
      standing.stop(consumer);
      return consumer.stop();
    };
  };
  const onServer = async <T>(work: (model: ChannelModel) => Promise<T>): Promise<T> => {
    try {
      return await answered(work(linkNow().model));
    } catch (error) {
      throw troubleOf(error);
    }
  };
  const external = createExternal({
    broker: url,
    management: createManagement(url, managementUrl),
    queueOf,
    async onServer(work) {
      refuseClosed();
      return onServer(work);
    },
    async consume(queue, handler, gone) {
      refuseClosed();
      const ended = (): void => {
        if (!standing.stop(consumer)) return;
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
      await whenLinked(standing.bind(checkName('topic', topic), queueOf(name)));
    },
    async unbind(topic, name) {
      refuseClosed();
      await whenLinked(standing.unbind(checkName('topic', topic), queueOf(name)));
    },
    async remove(name) {
      refuseClosed();
      const queue = queueOf(name);
      await Promise.all(standing.removeQueue(queue).map((consumer) => consumer.stop()));
      await onServer((model) => inChannel(model, (channel) => channel.deleteQueue(queue)));
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
