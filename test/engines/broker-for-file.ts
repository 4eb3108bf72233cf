import { afterAll } from 'vitest';
import { removeTestBroker } from '../../sandbox/broker/broker.test-data.ts';

// The first to be registered is the last to be run: by then the services of the file are closed.
afterAll(removeTestBroker);
