import type { TestProject } from 'vitest/node';
import { startRabbitmq } from './rabbitmq.ts';

/** One server for all tests of a run whose messages RabbitMQ carries (sandbox/broker/broker.test-data.ts). */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startRabbitmq();
  project.provide('broker', { url: server.url, managementUrl: server.managementUrl });
  return () => server.remove();
};
