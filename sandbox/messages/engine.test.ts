import { afterAll, beforeAll, describe } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { messageContract } from './contract.ts';

messageContract('SQLite', async () => ({ storeUrl: 'sqlite::memory:', brokerUrl: 'local:' }));

describe.skipIf(postgresIsMissing())('with a PostgreSQL server', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  messageContract('PostgreSQL', async () => ({ storeUrl: await server.createDatabase(), brokerUrl: 'local:' }));
});
