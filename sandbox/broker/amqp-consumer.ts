import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { endChannel } from './amqp-ending.ts';
import { type Acks, createAcks } from './amqp-together.ts';
import { declareQueue, exists } from './amqp-topology.ts';
import { decode } from './amqp-wire.ts';
import { ignore, politely } from './deadline.ts';
import { createKeyLanes } from './key-lanes.ts';
import type { BrokerHandler } from './port.ts';

/** A channel that delivers, for as long as it lives. */
interface Line {
  readonly channel: Channel;
  readonly acks: Acks;
  alive: boolean;
  tag: string | undefined;
}

/** One consumer, over all the connections that it outlives. What it does not acknowledge the server delivers again. */
export class AmqpConsumer {
  readonly queue: string;
  readonly #handler: BrokerHandler;
  readonly #prefetch: number;
  readonly #gone: (() => void) | undefined;
  /** Outlives a connection: what is delivered again on the next one waits for the handler that still runs. */
  readonly #lanes = createKeyLanes();
  readonly #running = new Set<Promise<void>>();
  #line: Line | undefined;
  #stopping: Promise<void> | undefined;

  /** With `gone` it makes no queue: it ends, and says so, when there is none. */
  constructor(queue: string, handler: BrokerHandler, prefetch: number, gone?: () => void) {
    this.queue = queue;
    this.#handler = handler;
    this.#prefetch = prefetch;
    this.#gone = gone;
  }

  /** Takes no more, waits for the handlers that run, and lets the server have the rest. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Declares the queue and begins. `lost` is called when the channel ends without our doing. */
  async attach(model: ChannelModel, lost: () => void): Promise<void> {
    if (this.#stopping !== undefined) return;
    if (this.#gone === undefined) await declareQueue(model, this.queue);
    else if (!(await exists(model, this.queue))) return this.#gone();
    const channel = await model.createChannel();
    const acks = createAcks(model, channel, () => {
      line.alive = false;
    });
    const line: Line = { channel, acks, alive: true, tag: undefined };
    channel.on('error', ignore);
    channel.on('close', () => {
      line.alive = false;
      if (this.#stopping === undefined) lost();
    });
    await channel.prefetch(this.#prefetch);
    const { consumerTag } = await channel.consume(this.queue, (delivery) => {
      // Null says that the queue was deleted, or moved: everything is declared again.
      if (delivery === null) (this.#gone ?? lost)();
      else this.#take(line, delivery);
    });
    line.tag = consumerTag;
    this.#line = line;
    // Stopped meanwhile: nothing was begun, and the server has it all back with the channel.
    if (this.#stopping !== undefined) await endChannel(channel);
  }

  async #stop(): Promise<void> {
    const line = this.#line;
    if (line?.alive === true && line.tag !== undefined) await politely(line.channel.cancel(line.tag));
    await Promise.all(this.#running);
    if (line?.alive === true) line.acks.flush();
    if (line?.alive === true) await endChannel(line.channel);
  }

  #take(line: Line, delivery: ConsumeMessage): void {
    const message = decode(delivery);
    const work = this.#lanes(message.key, async () => {
      // A key is held while its message fails, for the server would deliver the next one before it.
      let again = true;
      while (again && line.alive && this.#stopping === undefined) {
        again = false;
        try {
          await this.#handler(message);
          if (line.alive) line.acks.ack(delivery);
        } catch {
          again = message.key !== undefined;
          if (again) await nextTurn();
          else giveBack(line, delivery);
        }
      }
    });
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }
}

/** A channel that has just ended throws; the server then delivers the message again by itself. */
const giveBack = (line: Line, delivery: ConsumeMessage): void => {
  if (!line.alive) return;
  try {
    line.channel.nack(delivery, false, true);
    line.acks.told(delivery);
  } catch {
    line.alive = false;
  }
};
