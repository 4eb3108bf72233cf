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

const hangingUp = new WeakMap<ChannelModel, Promise<void>>();

/**
 * Ends a connection, whatever the server does; once, although each of its channels asks for it. RabbitMQ answers the goodbye only
 * when all channels are done, and one of them may never be; amqplib waits for that answer as long as there are heartbeats, and makes
 * no other connection before.
 */
export const hangUp = (model: ChannelModel, patience: number): Promise<void> => {
  const before = hangingUp.get(model);
  if (before !== undefined) return before;
  const ending = within(Math.min(GOODBYE_MS, patience), 'RabbitMQ', goodbye(model))
    .catch(ignore)
    .then(() => void streamOf(model)?.destroy(new Error('it did not answer the goodbye')));
  hangingUp.set(model, ending);
  return ending;
};
