import type { ChannelModel } from 'amqplib';
import { writeTogether } from './amqp-together.ts';
import { troubleOf } from './amqp-topology.ts';
import { encodeBody, encodeProperties } from './amqp-wire.ts';
import { ignore } from './deadline.ts';
import { BrokerError } from './error.ts';
import type { BrokerMessage } from './port.ts';

export interface Publisher {
  /** Resolves once the server has confirmed it; with `mandatory` rejects where no queue took it. */
  publish(exchange: string, routingKey: string, message: BrokerMessage, mandatory: boolean): Promise<void>;
  /** Resolves once nothing waits for its confirmation any more. */
  idle(): Promise<void>;
}

/** A message as the server names it when it gives it back; two that are the same in all of this went the same way. */
const nameOf = (routingKey: string, id: unknown): string => `${routingKey}\n${String(id)}`;

/** What the server says no to, for instance because a queue has all the messages that it may have. */
const nacked = (error: Error): BrokerError | undefined =>
  error.message === 'message nacked'
    ? new BrokerError('refused', 'RabbitMQ does not take the message: its queue is full, or not in order')
    : undefined;

/** `lost` is called when the channel ends, for whatever reason. */
export const openPublisher = async (model: ChannelModel, lost: () => void): Promise<Publisher> => {
  const channel = await model.createConfirmChannel();
  // RabbitMQ sends basic.return before the basic.ack of the same message (rabbitmq.com/docs/confirms).
  const returned = new Set<string>();
  let waiting = 0;
  let idle: PromiseWithResolvers<void> | undefined;
  channel.on('error', ignore);
  channel.on('close', lost);
  channel.on('return', ({ fields, properties }) => returned.add(nameOf(fields.routingKey, properties.messageId)));

  const settled = (): void => {
    waiting -= 1;
    if (waiting === 0) idle?.resolve();
  };
  return {
    publish(exchange, routingKey, message, mandatory) {
      return new Promise((resolve, reject) => {
        const confirmed = (error: unknown): void => {
          settled();
          if (error instanceof Error) reject(nacked(error) ?? troubleOf(error));
          else if (returned.size > 0 && returned.delete(nameOf(routingKey, message.id)))
            reject(new BrokerError('unroutable', `There is no queue "${routingKey}" on RabbitMQ`));
          else resolve();
        };
        waiting += 1;
        writeTogether(model);
        try {
          channel.publish(exchange, routingKey, encodeBody(message), encodeProperties(message, mandatory), confirmed);
        } catch (error) {
          settled();
          reject(troubleOf(error));
        }
      });
    },
    idle() {
      if (waiting === 0) return Promise.resolve();
      idle ??= Promise.withResolvers();
      return idle.promise;
    },
  };
};
