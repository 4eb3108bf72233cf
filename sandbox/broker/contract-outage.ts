import { afterEach, describe, expect, it } from 'vitest';
import { createGate, createNames, createPhases, message, numbered, openInbox, untilUp } from './contract-inbox.ts';
import { openBroker } from './open.ts';
import type { Broker, BrokerMessage } from './port.ts';

export interface ServerUnderTest {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** As `kill -9` does. */
  crash(): Promise<void>;
  /** Resolves once a crash leaves it with the queues that there are now, where that takes it a while. */
  settled?(): Promise<unknown>;
}

/** What a driver of a server has to keep while that is away. `keeps`: what it has confirmed outlives its crash. */
export const outageContract = (driver: string, server: () => ServerUnderTest, keeps: boolean): void => {
  describe(`the ${driver} driver while its server is away`, () => {
    const name = createNames();
    const opened: Broker[] = [];
    const open = async (): Promise<Broker> => {
      const broker = await openBroker(server().url);
      opened.push(broker);
      return broker;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((broker) => broker.close()));
    });

    it('opens before the server is there, says so, and begins by itself once it is', async () => {
      await server().stop();
      const broker = await open();
      const [queue, topic] = [name('early'), name('topic')];
      const inbox = await openInbox(broker, queue);
      await broker.bind(topic, queue);
      await expect(broker.send(queue, message('early'))).rejects.toMatchObject({ trouble: 'unavailable' });
      await expect(broker.publish(topic, message('early'))).rejects.toMatchObject({ trouble: 'unavailable' });
      expect(broker.state()).toMatchObject({ up: false, reason: expect.stringContaining(' ') });
      await server().start();
      await untilUp(broker);
      await broker.send(queue, message('sent'));
      await broker.publish(topic, message('published'));
      expect((await inbox.count(2)).map(({ id }) => id).toSorted()).toEqual(['published', 'sent']);
    });

    it.each(['stop', 'crash'] as const)('goes on after a %s in the middle of 2,000 messages', async (ending) => {
      const handled = new Set<string>();
      const states = (): string => JSON.stringify(opened.map((broker) => broker.state()));
      const phase = createPhases(() => `${handled.size} of 2,000 are handled; sender and receiver: ${states()}`);
      await phase('starting', server().start());
      const [sender, receiver] = [await open(), await open()];
      await phase('coming up', Promise.all([untilUp(sender), untilUp(receiver)]));
      const queue = name('middle');
      const all = Promise.withResolvers<void>();
      const some = Promise.withResolvers<void>();
      const ids = numbered(2000);
      const handle = async ({ id }: BrokerMessage): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve));
        handled.add(id);
        if (handled.size >= 300) some.resolve();
        if (handled.size === ids.length) all.resolve();
      };
      await phase('consuming', receiver.consume(queue, handle, { prefetch: 20 }));
      if (ending === 'crash') await phase('settling', server().settled?.() ?? Promise.resolve());
      /** As a relay does: what was refused is sent again when the broker is back; so is, where it forgets, what is not done. */
      const deliver = async (): Promise<void> => {
        let left: readonly string[] = ids;
        while (left.length > 0) {
          await untilUp(sender);
          const refused: string[] = [];
          for (let from = 0; from < left.length; from += 50) {
            const sent = left
              .slice(from, from + 50)
              .map((id) => sender.send(queue, message(id)).catch(() => refused.push(id)));
            await Promise.all(sent);
          }
          left = refused;
        }
      };
      const delivering = deliver();
      await phase('some', some.promise);
      await phase(ending, server()[ending]());
      expect(handled.size).toBeLessThan(2000);
      await phase('down', Promise.all([untilUp(sender, false), untilUp(receiver, false)]));
      await phase('starting again', server().start());
      await phase('delivering', delivering);
      if (!keeps) {
        await phase('coming up again', Promise.all([untilUp(sender), untilUp(receiver)]));
        const lost = ids.filter((id) => !handled.has(id));
        await phase('sending again', Promise.all(lost.map((id) => sender.send(queue, message(id)))));
      }
      await phase('all', all.promise);
      expect(handled.size).toBe(2000);
    });

    it('tells its listeners when the server goes and when it comes', async () => {
      await server().start();
      const broker = await open();
      await untilUp(broker);
      const seen: boolean[] = [];
      const back = Promise.withResolvers<void>();
      const forget = broker.onState(({ up }) => {
        if (seen.at(-1) !== up) seen.push(up);
        if (up) back.resolve();
      });
      await server().stop();
      await untilUp(broker, false);
      await server().start();
      await back.promise;
      expect(seen).toEqual([false, true]);
      forget();
    });

    it('closes while the server is away, once the handler that runs is done', async () => {
      await server().start();
      const broker = await open();
      await untilUp(broker);
      const queue = name('away');
      const gate = createGate();
      const inbox = await openInbox(broker, queue, {}, gate.pass);
      await broker.send(queue, message('running'));
      await gate.begun;
      await server().stop();
      await untilUp(broker, false);
      const closing = broker.close();
      expect(inbox.handled).toEqual([]);
      gate.open();
      await closing;
      expect(inbox.handled).toHaveLength(1);
    });
  });
};
