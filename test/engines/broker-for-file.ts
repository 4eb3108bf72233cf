import { afterAll, expect, inject } from 'vitest';
import { removeTestBroker } from '../../sandbox/broker/broker.test-data.ts';
import { putInto } from '../../sandbox/sql/store.test-data.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Files that say of themselves that they put nothing into a queue (vitest.config.ts). */
    withoutMessages?: readonly string[];
  }
}

// The first to be registered is the last to be run: by then the services of the file are closed.
afterAll(async () => {
  const file = expect.getState().testPath ?? '';
  if (inject('withoutMessages')?.some((name) => file.endsWith(`/${name}`)) === true) {
    const { stores, rows } = await putInto('message');
    expect(stores).toBeGreaterThan(0);
    expect(rows, 'Messages were put into queues: this file has to run on each broker').toBe(0);
  }
  await removeTestBroker();
});
