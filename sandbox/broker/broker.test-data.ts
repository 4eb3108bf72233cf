import { createHash } from 'node:crypto';
import { inject } from 'vitest';
import { createManagement } from './amqp-management.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that tests have their messages carried by; the local driver where none is provided (vitest.config.ts). */
    broker?: { readonly url: string; readonly managementUrl?: string };
  }
}

/** As in `Config`. */
export interface TestBroker {
  readonly brokerUrl: string;
  readonly brokerManagementUrl?: string;
}

/** On RabbitMQ each test file, which is a process of its own, has a virtual host of its own. */
const VHOST = `file-${process.pid}`;
const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };

/**
 * What carries the messages of a store in a test: a part of the server that is only this store's, the same one each time. The
 * one place that decides on which driver the tests run.
 */
export const testBroker = async (storeUrl: string): Promise<TestBroker> => {
  const broker = inject('broker');
  if (broker === undefined) return { brokerUrl: 'local:' };
  const prefix = `t-${createHash('sha256').update(storeUrl).digest('hex').slice(0, 16)}`;
  const { url, managementUrl } = broker;
  if (managementUrl === undefined) return { brokerUrl: `${url}?prefix=${prefix}` };
  const management = createManagement(new URL(url), managementUrl);
  await management.put(['vhosts', VHOST], {});
  await management.put(['permissions', VHOST, new URL(url).username], EVERYTHING);
  return { brokerUrl: `${url}/${VHOST}?prefix=${prefix}`, brokerManagementUrl: managementUrl };
};

/** Deletes what services of this file made on RabbitMQ: hundreds of queues that nobody consumes would cost all others time. */
export const removeTestBroker = async (): Promise<void> => {
  const { url, managementUrl } = inject('broker') ?? {};
  if (url === undefined || managementUrl === undefined) return;
  await createManagement(new URL(url), managementUrl).remove(['vhosts', VHOST]);
};
