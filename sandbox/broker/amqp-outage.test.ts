import { afterAll, beforeAll, describe } from 'vitest';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq } from '../../test/engines/rabbitmq.ts';
import { outageContract } from './contract-outage.ts';

describe.skipIf(rabbitmqIsMissing())('RabbitMQ', { timeout: 120_000 }, () => {
  let server: Rabbitmq;
  beforeAll(async () => {
    server = await startRabbitmq({ management: false });
  }, 120_000);
  afterAll(() => server.remove());

  outageContract(
    'amqp',
    () => ({
      ...server,
      // RabbitMQ 3.10 writes what queues there are some time later, and knows a new one by halves when it is killed before.
      async crash() {
        await server.control('eval', 'mnesia:sync_log().');
        await server.crash();
      },
    }),
    true,
  );
});
