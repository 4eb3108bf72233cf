import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq } from '../../test/engines/rabbitmq.ts';
import { type Redis, redisIsMissing, startRedis } from '../../test/engines/redis.ts';
import { createGate } from '../broker/contract-inbox.ts';
import { testStore } from '../sql/store.test-data.ts';
import { messageContract } from './contract.ts';
import { faultsContract } from './contract-faults.ts';
import { waitingContract } from './contract-waiting.ts';
import { openMessages } from './engine-harness.test-data.ts';

const cases = { opened: 0 };
/** A store and a part of the broker of its own for each case. */
const enginesOf = (url: string) => async () => {
  cases.opened += 1;
  return { storeUrl: await testStore(), brokerUrl: `${url}?prefix=case-${cases.opened}` };
};

/** What is accepted while the broker is away is handled when it is back, without anybody doing anything. */
const outageContract = (title: string, server: () => Rabbitmq | Redis): void => {
  it(`goes on accepting while ${title} is down, and delivers when it is back`, { timeout: 120_000 }, async () => {
    const got: string[] = [];
    const box = await openMessages(
      {
        work: {
          participant: 'helper',
          async handle({ body }, ctx) {
            // A broker that is stopped may deliver again what it was not told of in time: what counts is the one effect.
            await ctx.transaction(async () => undefined);
            got.push(Buffer.from(body).toString());
          },
        },
      },
      await enginesOf(server().url)(),
    );
    try {
      await box.send({ consumer: 'work', body: 'before' });
      await box.settled();
      await server().stop();
      await box.send({ consumer: 'work', body: 'meanwhile' });
      expect((await box.rows()).map(({ state }) => state)).not.toContain('dead');
      expect(got).toEqual(['before']);
      await server().start();
      await box.settled();
      expect(got).toEqual(['before', 'meanwhile']);
    } finally {
      await box.close();
    }
  });
};

describe.skipIf(rabbitmqIsMissing())('with a RabbitMQ server', () => {
  let server: Rabbitmq;
  beforeAll(async () => {
    server = await startRabbitmq({ management: false });
  }, 120_000);
  afterAll(() => server.remove());

  messageContract('RabbitMQ', () => enginesOf(server.url)());
  waitingContract('RabbitMQ', () => enginesOf(server.url)());
  faultsContract('RabbitMQ', () => enginesOf(server.url)());
  outageContract('RabbitMQ', () => server);
});

describe.skipIf(redisIsMissing())('with a Redis server', () => {
  let server: Redis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  messageContract('Redis', () => enginesOf(server.url)());
  waitingContract('Redis', () => enginesOf(server.url)());
  faultsContract('Redis', () => enginesOf(server.url)());
  outageContract('Redis', () => server);

  it('relays again at once what a server that keeps nothing had when it crashed', { timeout: 60_000 }, async () => {
    const gate = createGate();
    const got = new Set<string>();
    const box = await openMessages(
      {
        work: {
          participant: 'helper',
          async handle({ id }) {
            await gate.pass();
            got.add(id);
          },
        },
      },
      await enginesOf(server.url)(),
    );
    try {
      // More than are in hand at the same time: the rest is with the server, and nowhere else.
      const sent = await box.send(...Array.from({ length: 200 }, (_, n) => ({ consumer: 'work', body: `${n}` })));
      await gate.begun;
      await server.crash();
      await server.start();
      gate.open();
      // No time passes in this sandbox or out of it, so none is sent again because it takes long.
      await box.settled();
      expect([...got].toSorted()).toEqual(sent.toSorted());
    } finally {
      await box.close();
    }
  });
});
