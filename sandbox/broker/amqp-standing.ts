import type { Channel, ChannelModel } from 'amqplib';
import type { AmqpConsumer } from './amqp-consumer.ts';
import { declareQueue, declareTopics, inChannel } from './amqp-topology.ts';

/** A binding that was taken away is remembered, too, for the server may not know it yet. */
interface Binding {
  readonly topic: string;
  readonly queue: string;
  readonly bound: boolean;
}

/** Makes it so on a connection. */
type Work = (model: ChannelModel) => Promise<void>;

/** What was asked for, and how to forget it where the server refuses it. */
export interface Asked {
  readonly work: Work;
  readonly undo: () => void;
}

const nameOf = ({ topic, queue }: Binding): string => `${topic} ${queue}`;

/** What shall be so on the server, over all the connections to it. Names are those of the server. */
export interface Standing {
  bind(topic: string, queue: string): Asked;
  unbind(topic: string, queue: string): Asked;
  consume(consumer: AmqpConsumer, lost: (model: ChannelModel) => void): Asked;
  /** Whether it was among those that consume. */
  stop(consumer: AmqpConsumer): boolean;
  consumers(): readonly AmqpConsumer[];
  /** Returns the consumers that it had. */
  removeQueue(queue: string): readonly AmqpConsumer[];
  /**
   * Makes everything again on a new connection: the server may have lost it, or never have had it. `ready` is called in the turn
   * in which nothing is left to be made: what is asked for from then on is to be made by whoever asks.
   */
  establish(model: ChannelModel, lost: (model: ChannelModel) => void, ready: () => void): Promise<void>;
  /** The queue that the last `establish` came to. */
  asked(): string | undefined;
  /** Made by the `establish` that is under way, where one is. */
  meanwhile(work: Work): void;
}

export const createStanding = (exchange: string): Standing => {
  const queues = new Set<string>();
  const bindings = new Map<string, Binding>();
  const consumers = new Set<AmqpConsumer>();
  let later: Work[] = [];
  let asked: string | undefined;

  const apply = async (channel: Channel, binding: Binding): Promise<void> => {
    const { topic, queue, bound } = binding;
    if (bound) await channel.bindQueue(queue, exchange, topic);
    else await channel.unbindQueue(queue, exchange, topic);
    if (!bound && bindings.get(nameOf(binding)) === binding) bindings.delete(nameOf(binding));
  };
  return {
    bind(topic, queue) {
      const binding = { topic, queue, bound: true };
      const isNew = !queues.has(queue);
      bindings.set(nameOf(binding), binding);
      queues.add(queue);
      return {
        async work(model) {
          await declareQueue(model, queue);
          await inChannel(model, (channel) => apply(channel, binding));
        },
        undo() {
          bindings.delete(nameOf(binding));
          if (isNew) queues.delete(queue);
        },
      };
    },
    unbind(topic, queue) {
      const binding = { topic, queue, bound: false };
      bindings.set(nameOf(binding), binding);
      return { work: (model) => inChannel(model, (channel) => apply(channel, binding)), undo: () => undefined };
    },
    consume(consumer, lost) {
      consumers.add(consumer);
      return {
        work: (model) => consumer.attach(model, () => lost(model)),
        undo: () => consumers.delete(consumer),
      };
    },
    stop: (consumer) => consumers.delete(consumer),
    consumers: () => [...consumers],
    removeQueue(queue) {
      queues.delete(queue);
      for (const [key, binding] of bindings) if (binding.queue === queue) bindings.delete(key);
      const own = [...consumers].filter((consumer) => consumer.queue === queue);
      for (const consumer of own) consumers.delete(consumer);
      return own;
    },
    async establish(model, lost, ready) {
      const mine: Work[] = [];
      later = mine;
      asked = undefined;
      const [ownQueues, ownBindings, ownConsumers] = [[...queues], [...bindings.values()], [...consumers]];
      await declareTopics(model, exchange);
      for (const queue of ownQueues) {
        asked = queue;
        await declareQueue(model, queue);
      }
      await inChannel(model, async (channel) => {
        for (const binding of ownBindings) await apply(channel, binding);
      });
      for (const consumer of ownConsumers) {
        asked = consumer.queue;
        await consumer.attach(model, () => lost(model));
      }
      for (let next = mine.shift(); next !== undefined; next = mine.shift()) await next(model);
      ready();
    },
    asked: () => asked,
    meanwhile: (work) => void later.push(work),
  };
};
