import type { ChannelModel } from 'amqplib';
import { newCredential } from '../participants.ts';
import type { Management } from './amqp-management.ts';
import { declareQueue, inChannel, troubleOf } from './amqp-topology.ts';
import type { External } from './external.ts';

export interface ExternalOptions {
  /** What the party shall use, less the credentials. */
  readonly broker: URL;
  readonly management: Management;
  /** The name of a queue on the server; throws where it is none. */
  readonly queueOf: (name: string) => string;
  /** The connection that there is now; throws where there is none. */
  readonly model: () => ChannelModel;
}

/** RabbitMQ counts in 32 bits. */
const LONGEST_MS = 0xffff_ffff;
/** A party that does not consume, or publishes without end, fills its own queue and no disk: more is refused. */
const MOST_MESSAGES = 10_000;
const MOST_CONNECTIONS = 20;
const MOST_CHANNELS = 100;
/** On a topic exchange: whatever the routing key. */
const ALL_KEYS = '#';

const exactly = (name: string): string => `^${name.replaceAll('.', '\\.')}$`;

const reported = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    throw troubleOf(error);
  }
};

/** A user, an exchange and a queue for each party; it can publish to the one, consume the other, and do nothing else. */
export const createExternal = ({ broker, management, queueOf, model }: ExternalOptions): External => {
  const vhost = decodeURIComponent(broker.pathname.slice(1)) || '/';
  return {
    obstacle: () => management.obstacle(),
    async grant(name, { routes, every, unusedFor }) {
      const own = queueOf(name);
      const limits = {
        'x-expires': Math.min(LONGEST_MS, Math.max(1, Math.ceil(unusedFor))),
        'x-max-length': MOST_MESSAGES,
        'x-overflow': 'reject-publish',
      };
      // A queue gets what is published once, however many of its bindings match.
      const bindings = [...Object.entries(routes), ...(every === undefined ? [] : [[ALL_KEYS, every] as const])];
      const targets = bindings.map(([key, queue]) => [key, queueOf(queue)] as const);
      await reported(async () => {
        const now = model();
        for (const queue of [own, ...targets.map(([, target]) => target)]) await declareQueue(now, queue, limits);
        await inChannel(now, async (channel) => {
          await channel.assertExchange(own, 'topic', { durable: true });
          for (const [key, queue] of targets) await channel.bindQueue(queue, own, key);
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
      return { url: url.href, exchange: own, routingKeys: Object.keys(routes), queue: own };
    },
    async revoke(name) {
      const own = queueOf(name);
      await management.remove(['users', own]);
      await reported(() =>
        inChannel(model(), async (channel) => {
          await channel.deleteExchange(own);
          await channel.deleteQueue(own);
        }),
      );
    },
  };
};
