import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Redis, redisIsMissing, startRedis } from '../../test/engines/redis.ts';
import { brokerContract } from './contract.ts';
import { createNames, message, openInbox, openUp } from './contract-inbox.ts';
import { outageContract } from './contract-outage.ts';
import { silenceContract } from './contract-silence.ts';
import { openBroker } from './open.ts';

describe.skipIf(redisIsMissing())('Redis', () => {
  let server: Redis;
  const name = createNames();
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  brokerContract('redis', { open: () => openUp(server.url), nodes: 'many' });
  silenceContract('redis', () => server.url);

  it('leaves nothing behind of a message that was handled, nor of a queue that was removed', async () => {
    const own = new Client(server.url);
    const [topic, queue] = [name('topic'), name('tidy')];
    const broker = await openUp(`${server.url}?prefix=tidy`);
    const inbox = await openInbox(broker, queue);
    await broker.bind(topic, queue);
    await broker.send(queue, message('sent'));
    await broker.publish(topic, message('published'));
    await inbox.count(2);
    await inbox.stop();
    const keys = async (): Promise<string[]> =>
      (await own.keys('tidy:*')).filter((key) => /:(?:wait|active|failed|completed|\d+)$/.test(key));
    expect(await keys()).toEqual([]);
    await broker.remove?.(queue);
    expect(await own.keys('tidy:*')).toEqual([]);
    await broker.close();
    await own.quit();
  });

  it('says why it cannot connect, without the password', async () => {
    const own = new Client(server.url);
    await own.config('SET', 'requirepass', 'another');
    const broker = await openBroker(server.url.replace('redis://', 'redis://default:s3cret@'));
    const told = Promise.withResolvers<string>();
    broker.onState((state) => told.resolve(state.up ? 'up' : state.reason));
    expect(await told.promise).toMatch(/WRONGPASS/);
    expect(JSON.stringify(broker.state())).not.toContain('s3cret');
    await broker.close();
    await own.config('SET', 'requirepass', '');
    await own.quit();
  });

  it('keeps trying while Redis is full', async () => {
    const own = new Client(server.url);
    const queue = name('full');
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    await own.config('SET', 'maxmemory', '1');
    await expect(broker.send(queue, message('refused'))).rejects.toMatchObject({ trouble: 'unavailable' });
    await own.config('SET', 'maxmemory', '0');
    await broker.send(queue, message('taken'));
    expect((await inbox.count(1)).map(({ id }) => id)).toEqual(['taken']);
    await broker.close();
    await own.quit();
  });
});

describe.skipIf(redisIsMissing())('a Redis that goes away', { timeout: 60_000 }, () => {
  let server: Redis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  outageContract('redis', () => server, false);
});
