import type { TestProject } from 'vitest/node';
import { startRedis } from './redis.ts';

/** One server for all tests of a run whose messages Redis carries (sandbox/broker/broker.test-data.ts). */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startRedis();
  project.provide('broker', { url: server.url });
  return () => server.remove();
};
