import type { ChannelModel } from 'amqplib';
import { newCredential } from '../participants.ts';
import type { Management } from './amqp-management.ts';
import { declareQueue, inChannel } from './amqp-topology.ts';
import type { External } from './external.ts';
import type { BrokerHandler } from './port.ts';

export interface ExternalOptions {
  /** What the party shall use, less the credentials. */
  readonly broker: URL;
  readonly management: Management;
  /** The name of a queue on the server; throws where it is none. */
  readonly queueOf: (name: string) => string;
  /** Does it on the connection that there is now; rejects with BrokerError, also where there is none. */
  readonly onServer: <T>(work: (model: ChannelModel) => Promise<T>) => Promise<T>;
  /** Consumes a queue of the server until it is stopped, or the queue is gone. */
  readonly consume: (queue: string, handler: BrokerHandler, gone: () => void) => Promise<() => Promise<void>>;
}

/** RabbitMQ counts in 32 bits. */
const LONGEST_MS = 0xffff_ffff;
/**
 * A party that does not consume, or publishes without end, fills its own queues and no disk: more is refused. Who publishes
 * without confirmations is not told: a quorum queue puts nothing of that elsewhere (rabbitmq.com/docs/maxlength).
 */
const MOST_MESSAGES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_CONNECTIONS = 20;
const MOST_CHANNELS = 100;
/** On a topic exchange: whatever the routing key. */
const ALL_KEYS = '#';

/** The queue of what a party publishes: its own, so that one that publishes without end is in nobody's way. */
const inboundOf = (own: string): string => `${own}.in`;

const exactly = (name: string): string => `^${name.replaceAll('.', '\\.')}$`;

/** A user, an exchange and two queues for each party; it can publish to the exchange, consume one queue, and do nothing else. */
export const createExternal = ({ broker, management, queueOf, onServer, consume }: ExternalOptions): External => {
  const vhost = decodeURIComponent(broker.pathname.slice(1)) || '/';
  return {
    obstacle: () => management.obstacle(),
    async grant(name, { unusedFor }) {
      const own = queueOf(name);
      const limits = {
        'x-expires': Math.min(LONGEST_MS, Math.max(1, Math.ceil(unusedFor))),
        'x-max-length': MOST_MESSAGES,
        'x-max-length-bytes': MOST_BYTES,
        'x-overflow': 'reject-publish',
      };
      await onServer(async (model) => {
        for (const queue of [own, inboundOf(own)]) await declareQueue(model, queue, limits);
        await inChannel(model, async (channel) => {
          await channel.assertExchange(own, 'topic', { durable: true });
          await channel.bindQueue(inboundOf(own), own, ALL_KEYS);
        });
      });
      const password = newCredential();
      await management.put(['users', own], { password, tags: '' });
      await management.put(['user-limits', own, 'max-connections'], { value: MOST_CONNECTIONS });
      await management.put(['user-limits', own, 'max-channels'], { value: MOST_CHANNELS });
      await management.put(['permissions', vhost, own], { configure: '^$', write: exactly(own), read: exactly(own) });
      const url = new URL(broker.href);
      url.username = own;
      url.password = password;
      url.search = '';
      return { url: url.href, exchange: own, queue: own };
    },
    take: (name, handler, gone) => consume(inboundOf(queueOf(name)), handler, gone),
    async revoke(name) {
      const own = queueOf(name);
      await management.remove(['users', own]);
      await onServer((model) =>
        inChannel(model, async (channel) => {
          await channel.deleteExchange(own);
          for (const queue of [own, inboundOf(own)]) await channel.deleteQueue(queue);
        }),
      );
    },
  };
};
