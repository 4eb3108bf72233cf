import { expect, it } from 'vitest';
import type { External } from '../broker/external.ts';
import { openMessages } from './engine-harness.test-data.ts';
import { createDoor } from './let-in.ts';

const nobody = { participant: 'helper', handle: async () => undefined };

it('a party that another node lets in meanwhile keeps the credentials that it has from there', async () => {
  const engines = { storeUrl: 'sqlite::memory:', brokerUrl: 'local:' };
  const box = await openMessages({ work: nobody }, engines, { helper: 'external' });
  const { sql } = box.host;
  await sql.transaction((tx) => tx.query("update participant set queue = 1 where name = 'helper'"));
  let granted = 0;
  const urls = async () => (await sql.query<{ url: string }>('select url from broker_access')).map(({ url }) => url);
  const external: External = {
    // As another node does while this one is on its way.
    async obstacle() {
      await sql.transaction((tx) => tx.query("update broker_access set url = 'amqp://there', tended_real = null"));
      return undefined;
    },
    async grant(name) {
      granted += 1;
      return { url: 'amqp://here', exchange: name, queue: name };
    },
    take: async () => async () => undefined,
    revoke: async () => undefined,
  };
  const door = createDoor({ host: box.host, broker: { external }, apps: new Map(), take: async () => undefined });
  await door.tend();
  expect([granted, await urls()]).toEqual([0, ['amqp://there']]);
  await sql.transaction((tx) => tx.query('update broker_access set url = null'));
  external.obstacle = async () => undefined;
  await door.tend();
  expect([granted, await urls()]).toEqual([1, ['amqp://here']]);
  await door.close();
  await box.close();
});
