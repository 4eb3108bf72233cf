import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

/** One server for all tests of a run that open stores on PostgreSQL (sandbox/sql/store.test-data.ts). */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startPostgres();
  project.provide('postgres', await server.createDatabase());
  return () => server.remove();
};
