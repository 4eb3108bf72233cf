import { once } from 'node:events';
import { join } from 'node:path';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import type { RunningService } from '../../src/main.ts';
import { type Rabbitmq, startRabbitmq } from '../engines/rabbitmq.ts';
import { type Endpoint, makeBox, serve } from './outside-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
let server: Rabbitmq;
let service: RunningService;
let links: readonly ChannelModel[] = [];

beforeAll(async () => {
  server = await startRabbitmq();
  const env = { BROKER_URL: server.url, BROKER_MANAGEMENT_URL: server.managementUrl };
  service = await serve({ STORE_URL: await testStore(join(folder.path, 'apart.db')), ...env });
  while ((await fetch(`${service.url}/readyz`)).status !== 200);
}, 120_000);
afterAll(async () => {
  for (const link of links) await link.close();
  await service.close();
  await server.remove();
  folder.remove();
});

type Part = Required<Pick<Endpoint, 'url' | 'exchange' | 'queue'>>;

const partOf = async (): Promise<Part> => {
  const box = await makeBox(service.url, { recipient: { mode: 'external', queue: true } });
  const { url = '', exchange = '', queue = '' } = (await box.amqp('recipient')) ?? {};
  expect([url, exchange, queue]).not.toContain('');
  return { url, exchange, queue };
};

/** What somebody may try with a broker. A publisher is told by confirms. */
const deeds: Readonly<Record<string, (channel: Channel, own: Part, other: Part) => Promise<unknown>>> = {
  'consume from its queue': (channel, _own, { queue }) => channel.consume(queue, () => undefined),
  'get from its queue': (channel, _own, { queue }) => channel.get(queue),
  'empty its queue': (channel, _own, { queue }) => channel.purgeQueue(queue),
  'delete its queue': (channel, _own, { queue }) => channel.deleteQueue(queue),
  'hang its queue on an exchange of one’s own': (channel, { exchange }, { queue }) =>
    channel.bindQueue(queue, exchange, '#'),
  'hang a queue of one’s own on its exchange': (channel, { queue }, { exchange }) =>
    channel.bindQueue(queue, exchange, '#'),
  'hang its exchange on one’s own': (channel, own, other) => channel.bindExchange(other.exchange, own.exchange, '#'),
  'delete its exchange': (channel, _own, { exchange }) => channel.deleteExchange(exchange),
  'declare a queue beside it': (channel, _own, { queue }) => channel.assertQueue(`${queue}.more`),
  'consume from the installation’s own queue': (channel) =>
    channel.consume('integration.information-push.inbox', () => undefined),
};

/** By its own exchange, and by the exchange that every queue is bound to by its name. */
const publishing: Readonly<Record<string, (part: Part) => readonly [exchange: string, key: string]>> = {
  'its exchange': ({ exchange }) => [exchange, 'inbox'],
  'its queue, through the default exchange': ({ queue }) => ['', queue],
};

const refused = async (link: ChannelModel, deed: (channel: Channel) => Promise<unknown>): Promise<string> => {
  const channel = await link.createChannel();
  // The broker closes the channel, which is said as an event, too.
  channel.on('error', () => undefined);
  return deed(channel).then(
    async () => {
      await channel.close();
      return 'done';
    },
    (error: Error) => error.message,
  );
};

describe('the queues and exchanges of two sandboxes on RabbitMQ', { timeout: 120_000 }, () => {
  it('answer to no deed of the other’s user, in either direction', async () => {
    const parts = [await partOf(), await partOf()] as const;
    links = await Promise.all(parts.map(({ url }) => connect(url)));
    for (const link of links) link.on('error', () => undefined);
    for (const [index, link] of links.entries()) {
      const [own, other] = index === 0 ? parts : [parts[1], parts[0]];
      for (const [name, deed] of Object.entries(deeds))
        expect([name, await refused(link, (channel) => deed(channel, own, other))]).toEqual([
          name,
          expect.stringMatching(/ACCESS.REFUSED/),
        ]);
      // What is one's own is: so it is not the connection that refuses.
      expect(await refused(link, (channel) => channel.consume(own.queue, () => undefined))).toBe('done');
    }
  });

  it.each(Object.entries(publishing))('are reached by nothing that the other publishes to %s', async (_name, to) => {
    const [own, other] = [await partOf(), await partOf()];
    const link = await connect(own.url);
    link.on('error', () => undefined);
    const channel = await link.createConfirmChannel();
    const closed = once(channel, 'error');
    const [exchange, key] = to(other);
    channel.publish(exchange, key, Buffer.from('{}'));
    expect(String((await closed)[0])).toMatch(/ACCESS.REFUSED/);
    await link.close();
    expect(await server.depth(other.queue)).toBe(0);
  });

  // RabbitMQ tells whoever names a queue how long it is (a passive declaration asks for no permission): so names are secrets.
  it('have names that nobody can guess', async () => {
    const names = [await partOf(), await partOf()].flatMap(({ queue, exchange }) => [queue, exchange]);
    for (const name of names) expect(name).toMatch(/\.[0-9a-f]{12}$/);
    expect(new Set(names.map((name) => name.slice(-12))).size).toBe(2);
  });

  it('are no way in for whoever has the key of the service, or a credential of HTTP', async () => {
    const { url } = await partOf();
    const box = await makeBox(service.url);
    for (const password of [box.key, 'guest']) {
      const guessed = new URL(url);
      guessed.password = password;
      await expect(connect(guessed.href)).rejects.toThrow(/ACCESS.REFUSED/);
    }
  });
});
