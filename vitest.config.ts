import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { postgresIsMissing } from './test/engines/postgres.ts';
import { rabbitmqIsMissing } from './test/engines/rabbitmq.ts';
import { redisIsMissing } from './test/engines/redis.ts';

/** What runs on PostgreSQL and RabbitMQ as well: what opens a store (sandbox/sql/store.test-data.ts). */
const overStores = [
  'sandbox/{blobs,journal,recording,standalone,outbound,timer}*.test.ts',
  'sandbox/{auth,dialects,fhir,hl7v2,http,messages}/**/*.test.ts',
  'src/{main,mllp,warm-up}.test.ts',
  'src/{api,conformance,decisions,sandboxes}/**/*.test.ts',
  // Races, and every lesson. The patterns' further tests run on the embedded store alone: CI has twenty minutes for all.
  'patterns/*/test/**/{race,booking,register,scenarios}*.test.ts',
  // What HL7 v2 says is looked for in the store, in the transaction that changes it.
  'patterns/*/test/**/hl7-told-apart.test.ts',
  'test/e2e/*.test.ts',
];
/** What runs on PostgreSQL and Redis as well: what passes through a broker from end to end (sandbox/broker/broker.test-data.ts). */
const overBrokers = ['src/api/{queues,worklist}.test.ts', 'test/e2e/*.test.ts'];
/** What is about RabbitMQ alone: a part of it that other systems have. */
const outside = 'test/e2e/outside-*.test.ts';
/** A project is taken away on engines; on the embedded ones each pattern is. */
const onEngines = 'test/e2e/scaffold-engines.test.ts';
/** What is about the embedded store, starts engines of its own, or is about no engine at all. */
const elsewhere = [
  'sandbox/fhir/{base-of,json,json-patch,message,validate}*.test.ts',
  'sandbox/fhir/search/{paging-plan,query-refusals}*.test.ts',
  'sandbox/dialects/{dialects,mesh-token}.test.ts',
  'sandbox/fhir/definitions/**',
  'sandbox/hl7v2/{check-structure,message,mllp-frames,mllp-server,mllp-client}*.test.ts',
  'sandbox/hl7v2/{to-fhir,from-fhir}/**',
  'sandbox/http/{address,error-format,negotiate,render}.test.ts',
  'src/api/{json-body,origins,scaffold}.test.ts',
  'sandbox/messages/engine.test.ts',
  'test/e2e/store-away.test.ts',
  'test/e2e/apart*.test.ts',
  'test/e2e/messages-{documented,kill,kill-engines}.test.ts',
  'test/e2e/nodes.test.ts',
  'test/e2e/{dialect-added,hl7-command,package,proxy,requests}*.test.ts',
  'test/e2e/scaffold{,-patterns}.test.ts',
  'test/e2e/conform-start.test.ts',
];

/** A pass over engines that its setup starts, each a server of its own for the run. */
const pass = (
  name: string,
  include: readonly string[],
  broker: 'rabbitmq' | 'redis',
  exclude: readonly string[] = [],
) => ({
  extends: true,
  test: {
    name,
    include: [...include],
    exclude: [...elsewhere, ...exclude],
    globalSetup: ['postgres', broker].map((engine) => `test/engines/${engine}-for-run.ts`),
    setupFiles: ['test/engines/broker-for-file.ts'],
    testTimeout: 60_000,
  },
});
const withoutPostgres = postgresIsMissing();
const engines = [
  ...(withoutPostgres || rabbitmqIsMissing() ? [] : [pass('postgres', overStores, 'rabbitmq')]),
  ...(withoutPostgres || redisIsMissing() ? [] : [pass('redis', overBrokers, 'redis', [outside])]),
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // A worker loads the kit once, not for each of hundreds of files: that is a fifth of a run. So what a file opens it closes,
    // and what it puts in place of a global it takes away again.
    isolate: false,
    unstubGlobals: true,
    restoreMocks: true,
    // What tests start loads the same modules again and again: types are stripped and code is compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('./.cache/compile', import.meta.url)) },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'embedded',
          include: ['{sandbox,patterns,src,test,web}/**/*.test.ts'],
          exclude: [outside, onEngines],
        },
      },
      ...engines,
    ],
    ...(process.env.CI === 'true'
      ? { reporters: ['default', 'json'], outputFile: { json: 'dist/test-results.json' } }
      : {}),
  },
});
