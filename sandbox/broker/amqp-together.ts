import type { Duplex } from 'node:stream';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { streamOf } from './amqp-ending.ts';

/** Connections of which what is written is being held together. */
const held = new WeakSet<Duplex>();

/**
 * Lets what is written to a connection in this turn go with one call of the system: a call for each frame is a tenth of what
 * a message costs. amqplib writes its frames in the turn after that in which they were made.
 */
export const writeTogether = (model: ChannelModel): void => {
  const stream = streamOf(model);
  if (stream === undefined || held.has(stream)) return;
  held.add(stream);
  stream.cork();
  setImmediate(() =>
    setImmediate(() => {
      held.delete(stream);
      stream.uncork();
    }),
  );
};

/** What is acknowledged on one channel, in few words: all up to one, where nothing before it is open. */
export interface Acks {
  /** At the end of the turn. */
  ack(delivery: ConsumeMessage): void;
  /** The server was told of it in another way. */
  told(delivery: ConsumeMessage): void;
  /** Now. */
  flush(): void;
}

/** `lost` is called where the channel has ended: the server then delivers the message again by itself. */
export const createAcks = (model: ChannelModel, channel: Channel, lost: () => void): Acks => {
  /** By their numbers, which go up from 1 on each channel; what is before `open` is told. */
  const done = new Map<number, ConsumeMessage | undefined>();
  let open = 1;
  let waiting = false;

  const flush = (): void => {
    let last: ConsumeMessage | undefined;
    for (; done.has(open); open += 1) {
      last = done.get(open) ?? last;
      done.delete(open);
    }
    const rest = [...done].flatMap(([tag, one]) => (one === undefined ? [] : [[tag, one] as const]));
    if (last === undefined && rest.length === 0) return;
    writeTogether(model);
    try {
      if (last !== undefined) channel.ack(last, true);
      for (const [tag, one] of rest) {
        channel.ack(one);
        done.set(tag, undefined);
      }
    } catch {
      lost();
    }
  };
  return {
    ack(delivery) {
      done.set(delivery.fields.deliveryTag, delivery);
      if (waiting) return;
      waiting = true;
      setImmediate(() => {
        waiting = false;
        flush();
      });
    },
    told(delivery) {
      done.set(delivery.fields.deliveryTag, undefined);
    },
    flush,
  };
};
