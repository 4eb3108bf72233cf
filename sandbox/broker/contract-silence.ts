import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../cutting-proxy.test-data.ts';
import { createNames, message, openInbox, untilUp } from './contract-inbox.ts';
import { openBroker } from './open.ts';
import type { Broker } from './port.ts';

/** Real milliseconds that the server may take here. */
const PATIENCE_MS = 250;

export interface SilentServer {
  readonly proxy: CuttingProxy;
  /** A broker whose server is reached through the proxy. */
  open(): Promise<Broker>;
}

/** What a driver of a server has to keep where that is reached, and says nothing. */
export const silenceContract = (
  driver: string,
  url: () => string,
  more: (silent: () => SilentServer) => void = () => undefined,
): void => {
  describe(`the ${driver} driver while its server says nothing`, () => {
    const name = createNames();
    const opened: Broker[] = [];
    let proxy: CuttingProxy;
    beforeAll(async () => {
      const { hostname, port } = new URL(url());
      proxy = await startCuttingProxy(hostname, Number(port));
    });
    afterAll(() => proxy.close());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((broker) => broker.close()));
    });
    const open = async (patience = PATIENCE_MS): Promise<Broker> => {
      const at = new URL(url());
      at.port = String(proxy.port);
      const broker = await openBroker(at.href, { patience });
      opened.push(broker);
      return broker;
    };
    more(() => ({ proxy, open }));

    it.each(['when it is reached', 'when a queue is declared'])(
      'begins by itself although it said nothing %s',
      async (when) => {
        const queue = name('early');
        const hushed = proxy.hush(when === 'when it is reached' ? '' : queue);
        const broker = await open();
        const inbox = await openInbox(broker, queue);
        await hushed;
        await untilUp(broker);
        await broker.send(queue, message('sent'));
        await inbox.count(1);
      },
    );

    it('refuses as unavailable what nobody confirms, and goes on', async () => {
      const queue = name('unconfirmed');
      const broker = await open();
      const inbox = await openInbox(broker, queue);
      await untilUp(broker);
      const hushed = proxy.hush('never-confirmed');
      const lost = broker.send(queue, message('never-confirmed'));
      await hushed;
      await expect(lost).rejects.toMatchObject({ trouble: 'unavailable' });
      await untilUp(broker);
      await broker.send(queue, message('after'));
      await inbox.different(2);
      expect(inbox.handled.map(({ id }) => id)).toEqual(expect.arrayContaining(['never-confirmed', 'after']));
    });

    it('binds later what it said nothing of', async () => {
      const [topic, queue] = [name('topic'), name('bound')];
      const broker = await open();
      const inbox = await openInbox(broker, queue);
      await untilUp(broker);
      const hushed = proxy.hush(topic);
      await broker.bind(topic, queue);
      await hushed;
      await untilUp(broker);
      await broker.publish(topic, message('published'));
      await inbox.count(1);
    });

    it('has what was asked for while it said nothing, once it speaks', async () => {
      const [topic, first, second] = [name('topic'), name('first'), name('second')];
      const hushed = proxy.hush(first);
      const broker = await open(60_000);
      await openInbox(broker, first);
      const speak = await hushed;
      const asked = Promise.all([openInbox(broker, second), broker.bind(topic, second)]);
      // The driver has heard of it in this turn.
      await new Promise((resolve) => setImmediate(resolve));
      speak();
      await untilUp(broker);
      const [inbox] = await asked;
      await broker.publish(topic, message('published'));
      await inbox.count(1);
    });
  });
};
