import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import { accessFor } from '../../sandbox/messages/access-rows.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import { titled } from './titled.ts';

const NOT_YET = 'The queue is being made.';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const ONLY_HERE =
  'The address is of the machine that the service runs on; PUBLIC_BROKER_URL says how the broker is reached from others.';

interface Shown {
  /** `PUBLIC_BROKER_URL`. */
  readonly from: string | undefined;
  readonly credentials: boolean;
}

/** As others reach it. The user and the password are for those who may see credentials. */
const urlOf = (granted: string, { from, credentials }: Shown): URL => {
  const url = new URL(granted);
  if (from !== undefined) {
    const { protocol, hostname, port } = new URL(from);
    Object.assign(url, { protocol, hostname, port });
  }
  if (!credentials) Object.assign(url, { username: '', password: '' });
  return url;
};

/** Whether others reach the service, and not the broker, as it is shown. */
const isOnlyHere = (url: URL, publicUrl: string): boolean =>
  LOOPBACK.test(url.hostname) && !LOOPBACK.test(new URL(publicUrl).hostname);

const noteOf = (keys: readonly string[], title: string): string => {
  const publishes =
    keys.length === 0
      ? 'No consumer takes what it publishes.'
      : 'What it publishes arrives at the consumer that the routing key names.';
  return `The user is that of ${titled(title)}, who can use nothing else of the broker; a reset makes another. ${publishes}`;
};

/** One entry for each external participant that is to use the broker itself; without a URL where it cannot, and why. */
export const amqpEndpointsOf = async (
  { sql, publicUrl, publicBrokerUrl: from }: Host,
  { row, participants }: LoadedSandbox,
  { manifest }: LoadedPattern,
  credentials: boolean,
) => {
  const seated = participants.filter(({ mode, queue }) => mode === 'external' && queue === true);
  return Promise.all(
    seated.map(async ({ name: participant }) => {
      const access = await accessFor(sql, row.serial, participant);
      const protocol = 'amqp' as const;
      if (access === undefined || access.url === null || access.exchange === null || access.queue === null)
        return { participant, protocol, note: access?.reason ?? NOT_YET };
      const routingKeys: string[] = JSON.parse(access.routing_keys ?? '[]');
      const title = manifest.participants.find(({ name }) => name === participant)?.title ?? participant;
      const url = urlOf(access.url, { from, credentials });
      const note = [noteOf(routingKeys, title), ...(isOnlyHere(url, publicUrl()) ? [ONLY_HERE] : [])].join(' ');
      const { exchange, queue } = access;
      return { participant, protocol, url: url.href, exchange, routingKeys, queue, note };
    }),
  );
};
