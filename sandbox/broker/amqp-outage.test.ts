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
      // RabbitMQ 3.10 writes what queues there are some time later, in two places, and one that it knows by halves after it was
      // killed answers nobody: not who consumes it, and not the goodbye of whoever gave up.
      settled: () => server.control('eval', 'mnesia:sync_log(), [dets:sync(Table) || Table <- dets:all()].'),
    }),
    true,
  );
});
