import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import { accessFor } from '../../sandbox/messages/access-rows.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';

const NOT_YET = 'The queue is being made.';

/** The user and the password are for those who may see credentials. */
const withoutCredentials = (text: string): string => {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
};

const noteOf = (keys: readonly string[], title: string): string => {
  const publishes =
    keys.length === 0
      ? 'No consumer takes what it publishes.'
      : 'What it publishes arrives at the consumer that the routing key names.';
  return `The user is that of the ${title}, who can use nothing else of the broker; a reset makes another. ${publishes}`;
};

/** One entry for each external participant that is to use the broker itself; without a URL where it cannot, and why. */
export const amqpEndpointsOf = async (
  { sql }: Host,
  { row, participants }: LoadedSandbox,
  { manifest }: LoadedPattern,
  showCredentials: boolean,
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
      return {
        participant,
        protocol,
        url: showCredentials ? access.url : withoutCredentials(access.url),
        exchange: access.exchange,
        routingKeys,
        queue: access.queue,
        note: noteOf(routingKeys, title),
      };
    }),
  );
};
