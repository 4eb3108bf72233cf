import { defineConfig } from 'vitest/config';
import { postgresIsMissing } from './test/engines/postgres.ts';

/** What runs on PostgreSQL as well: what opens a store (sandbox/sql/store.test-data.ts). */
const overStores = [
  'sandbox/{blobs,journal,recording,standalone,outbound,timer}*.test.ts',
  'sandbox/{fhir,hl7v2,http,messages}/**/*.test.ts',
  'src/{main,mllp,warm-up}.test.ts',
  'src/{api,conformance,decisions,sandboxes}/**/*.test.ts',
  'patterns/**/*.test.ts',
  'test/e2e/*.test.ts',
];
/** What is about the embedded store, or about no store at all. */
const elsewhere = [
  'sandbox/fhir/search/paging-plan*.test.ts',
  'sandbox/fhir/definitions/**',
  'sandbox/hl7v2/{message,mllp-frames,mllp-server,mllp-client}*.test.ts',
  'sandbox/messages/engine.test.ts',
  'test/e2e/messages-{documented,kill}.test.ts',
  'test/e2e/nodes.test.ts',
  'test/e2e/package.test.ts',
];

const onPostgres = {
  extends: true,
  test: {
    name: 'postgres',
    include: overStores,
    exclude: elsewhere,
    globalSetup: ['test/engines/postgres-for-run.ts'],
    testTimeout: 60_000,
  },
};

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'embedded', include: ['{sandbox,patterns,src,test,web}/**/*.test.ts'] } },
      ...(postgresIsMissing() ? [] : [onPostgres]),
    ],
    ...(process.env.CI === 'true'
      ? { reporters: ['default', 'json'], outputFile: { json: 'dist/test-results.json' } }
      : {}),
  },
});
