import { afterAll, beforeAll, describe } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../../test/engines/postgres.ts';
import { messageContract } from './contract.ts';
import { fairContract } from './contract-fair.ts';
import { faultsContract } from './contract-faults.ts';
import { onceContract } from './contract-once.ts';
import { waitingContract } from './contract-waiting.ts';

const embedded = async () => ({ storeUrl: 'sqlite::memory:', brokerUrl: 'local:' });
messageContract('SQLite', embedded);
waitingContract('SQLite', embedded);
faultsContract('SQLite', embedded);
fairContract('SQLite', embedded);
onceContract('SQLite', embedded);

describe.skipIf(postgresIsMissing())('with a PostgreSQL server', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  const engines = async () => ({ storeUrl: await server.createDatabase(), brokerUrl: 'local:' });
  messageContract('PostgreSQL', engines);
  waitingContract('PostgreSQL', engines);
  faultsContract('PostgreSQL', engines);
  fairContract('PostgreSQL', engines);
  onceContract('PostgreSQL', engines);
});
