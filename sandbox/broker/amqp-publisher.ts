import type { ChannelModel } from 'amqplib';
import { writeTogether } from './amqp-together.ts';
import { troubleOf } from './amqp-topology.ts';
import { createUnconfirmed } from './amqp-unconfirmed.ts';
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

/** `lost` is called when the channel ends, for whatever reason, or does not confirm what it is sent. */
export const openPublisher = async (
  model: ChannelModel,
  patience: number,
  lost: (why?: Error) => void,
): Promise<Publisher> => {
  const channel = await model.createConfirmChannel();
  const unconfirmed = createUnconfirmed(model, patience, () => lost(new Error('it does not confirm what it is sent')));
  // RabbitMQ sends basic.return before the basic.ack of the same message (rabbitmq.com/docs/confirms).
  const returned = new Set<string>();
  channel.on('error', ignore);
  channel.on('close', () => lost());
  channel.on('return', ({ fields, properties }) => returned.add(nameOf(fields.routingKey, properties.messageId)));

  return {
    publish(exchange, routingKey, message, mandatory) {
      return new Promise((resolve, reject) => {
        const settled = unconfirmed.begin();
        const confirmed = (error: unknown): void => {
          settled();
          if (error instanceof Error) reject(nacked(error) ?? troubleOf(error));
          else if (returned.size > 0 && returned.delete(nameOf(routingKey, message.id)))
            reject(new BrokerError('unroutable', `There is no queue "${routingKey}" on RabbitMQ`));
          else resolve();
        };
        writeTogether(model);
        try {
          channel.publish(exchange, routingKey, encodeBody(message), encodeProperties(message, mandatory), confirmed);
        } catch (error) {
          settled();
          reject(troubleOf(error));
        }
      });
    },
    idle: unconfirmed.idle,
  };
};
