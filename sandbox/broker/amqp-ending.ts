import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { Channel, ChannelModel } from 'amqplib';
import { ignore, politely, within } from './deadline.ts';

/** Real milliseconds. */
const GOODBYE_MS = 5_000;

export const streamOf = ({ connection }: ChannelModel): Duplex | undefined =>
  'stream' in connection && connection.stream instanceof Duplex ? connection.stream : undefined;

/** Answered also by an end of another kind: amqplib leaves a goodbye that was under way then without an answer (lib/connection.js). */
const goodbye = (one: Channel | ChannelModel): Promise<unknown> => Promise.race([one.close(), once(one, 'close')]);

export const endChannel = async (channel: Channel): Promise<void> => void (await politely(goodbye(channel)));

/**
 * Ends a connection, whatever the server does. RabbitMQ answers the goodbye only when all channels are done, and one of them may
 * never be; amqplib waits for that answer as long as there are heartbeats, and makes no other connection before.
 */
export const hangUp = async (model: ChannelModel, patience: number): Promise<void> => {
  await within(Math.min(GOODBYE_MS, patience), 'RabbitMQ', goodbye(model)).catch(ignore);
  streamOf(model)?.destroy(new Error('it did not answer the goodbye'));
};
