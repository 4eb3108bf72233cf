import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../engines/postgres.ts';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq } from '../engines/rabbitmq.ts';
import { type Redis, redisIsMissing, startRedis } from '../engines/redis.ts';
import { createRuns } from './message-runs.ts';

/** Messages in all, and after how many effects something happens in their middle. */
const MESSAGES = 10_000;
const BROKER_AT = 1_500;
const STORE_AT = 3_000;
const KILL_AT = 4_500;

interface Server {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Each stops and starts again, one after the other, and then the process is killed; all in one run, which takes its time. */
const outageContract = (title: string, broker: () => Server, store: () => Postgres): void => {
  const runs = createRuns();
  afterAll(() => runs.kill());

  it(`loses no message and lets none have two effects: ${title}`, { timeout: 240_000 }, async () => {
    const storeUrl = await store().createDatabase();
    const brokerUrl = broker().url;
    const outages: Promise<void>[] = [];
    const restart = (server: Server): void => {
      outages.push(server.stop().then(() => server.start()));
    };
    const due: [number, () => void][] = [
      [BROKER_AT, () => restart(broker())],
      [STORE_AT, () => restart(store())],
    ];
    const enough = (said: ReadonlyMap<string, string>): boolean => {
      const handled = Number(said.get('handled') ?? 0);
      if (handled >= (due[0]?.[0] ?? Number.POSITIVE_INFINITY)) due.shift()?.[1]();
      return handled >= KILL_AT;
    };
    const before = await runs.run({ storeUrl, brokerUrl, messages: MESSAGES, enough });
    await Promise.all(outages);
    expect(before.has('result')).toBe(false);
    expect(outages).toHaveLength(2);
    const accepted = Number(before.get('accepted'));
    expect(accepted).toBeGreaterThanOrEqual(KILL_AT);
    const after = await runs.run({ storeUrl, brokerUrl, messages: 0 });
    const { things, total, states } = JSON.parse(after.get('result') ?? '{}');
    expect(things).toBeGreaterThanOrEqual(accepted);
    expect(total).toBe(things);
    expect(states).toEqual([{ state: 'done', n: things }]);
  });
};

describe.skipIf(postgresIsMissing())(
  'broker, store and process going away in the middle of ten thousand messages',
  () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.remove());

    describe.skipIf(rabbitmqIsMissing())('with RabbitMQ', () => {
      let server: Rabbitmq;
      beforeAll(async () => {
        server = await startRabbitmq({ management: false });
      }, 120_000);
      afterAll(() => server.remove());
      outageContract(
        'RabbitMQ',
        () => server,
        () => postgres,
      );
    });

    describe.skipIf(redisIsMissing())('with Redis', () => {
      let server: Redis;
      beforeAll(async () => {
        server = await startRedis();
      });
      afterAll(() => server.remove());
      outageContract(
        'Redis',
        () => server,
        () => postgres,
      );
    });
  },
);
