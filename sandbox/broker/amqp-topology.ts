import type { Channel, ChannelModel } from 'amqplib';
import { endChannel } from './amqp-ending.ts';
import { ignore } from './deadline.ts';
import { BrokerError } from './error.ts';

/** A server that cannot keep a promise closes the channel, so each promise gets one of its own. */
export const inChannel = async <T>(model: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> => {
  const channel = await model.createChannel();
  channel.on('error', ignore);
  try {
    return await work(channel);
  } finally {
    await endChannel(channel);
  }
};

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** AMQP 0-9-1 reply codes. */
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 406;
const NOT_IMPLEMENTED = 540;

/** Whether there is such a queue, of whatever kind. */
export const exists = (model: ChannelModel, queue: string): Promise<boolean> =>
  inChannel(model, (channel) => channel.checkQueue(queue)).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === NOT_FOUND) return false;
      throw error;
    },
  );

/** A durable queue: a quorum queue where the server has them, else a classic one, and one that is there is taken as it is. */
export const declareQueue = async (model: ChannelModel, queue: string, limits: object = {}): Promise<void> => {
  try {
    const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum', ...limits } };
    await inChannel(model, (channel) => channel.assertQueue(queue, quorum));
  } catch (error) {
    if (![PRECONDITION_FAILED, NOT_IMPLEMENTED].includes(codeOf(error) ?? 0)) throw error;
    if (await exists(model, queue)) return;
    await inChannel(model, (channel) => channel.assertQueue(queue, { durable: true, arguments: limits }));
  }
};

/** The one exchange of all topics, on which a topic is a routing key. */
export const declareTopics = async (model: ChannelModel, exchange: string): Promise<void> => {
  await inChannel(model, (channel) => channel.assertExchange(exchange, 'direct', { durable: true }));
};

/** AMQP 0-9-1 reply codes of a server that was reached and said no. */
const REFUSALS = [403, 404, 405, 406, 530, 540];

export const troubleOf = (error: unknown): BrokerError => {
  if (error instanceof BrokerError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const refused = error instanceof RangeError || REFUSALS.includes(codeOf(error) ?? 0);
  return new BrokerError(refused ? 'refused' : 'unavailable', `RabbitMQ: ${why}`, { cause: error });
};
