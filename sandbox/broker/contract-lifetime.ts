import { afterEach, describe, expect, it } from 'vitest';
import { createGate, createNames, message, numbered, openInbox, sendAll } from './contract-inbox.ts';
import type { Broker } from './port.ts';

/** The second half of the contract: topics, the order of a key, and what stopping, removing and closing leave behind. */
export const lifetimeContract = (driver: string, open: () => Promise<Broker>): void => {
  describe(`queues, topics and their end on ${driver}`, () => {
    const name = createNames();
    const opened: Broker[] = [];
    const fresh = async (): Promise<Broker> => {
      const broker = await open();
      opened.push(broker);
      return broker;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((broker) => broker.close()));
    });

    it('brings what is published to every queue that is bound, and to no other', async () => {
      const broker = await fresh();
      const [topic, one, two, unbound] = [name('topic'), name('one'), name('two'), name('unbound')];
      await broker.bind(topic, one);
      await broker.bind(topic, two);
      await broker.bind(topic, two);
      const inboxes = await Promise.all([one, two, unbound].map((queue) => openInbox(broker, queue)));
      await broker.publish(topic, message('news', { headers: { kind: 'admission' }, body: new Uint8Array([7]) }));
      await Promise.all([one, two, unbound].map((queue) => broker.send(queue, message('after'))));
      const ids = await Promise.all(
        inboxes.map(async (inbox, at) => (await inbox.count(at < 2 ? 2 : 1)).map(({ id }) => id).toSorted()),
      );
      expect(ids).toEqual([['after', 'news'], ['after', 'news'], ['after']]);
      const news = inboxes[0]?.handled.find(({ id }) => id === 'news');
      expect(news?.headers).toEqual({ kind: 'admission' });
      expect([...(news?.body ?? [])]).toEqual([7]);
    });

    it('brings nothing more to a queue that is unbound, and takes what is published to a topic of nobody', async () => {
      const broker = await fresh();
      const [topic, queue] = [name('topic'), name('leaver')];
      await broker.bind(topic, queue);
      const inbox = await openInbox(broker, queue);
      await broker.publish(topic, message('before'));
      await broker.unbind(topic, queue);
      await broker.unbind(topic, queue);
      await broker.publish(topic, message('missed'));
      await broker.publish(name('topic'), message('to nobody'));
      await broker.send(queue, message('after'));
      expect((await inbox.count(2)).map(({ id }) => id).toSorted()).toEqual(['after', 'before']);
    });

    it('keeps the order of a key where it says so, although handlers take turns, fail and are many', async () => {
      const broker = await fresh();
      if (broker.keyOrder === undefined) return;
      const queue = name('ordered');
      const keys = numbered(10, 'key');
      let calls = 0;
      const busy = new Set<string>();
      const inbox = await openInbox(broker, queue, { prefetch: 16 }, async ({ key = '' }) => {
        expect(busy).not.toContain(key);
        busy.add(key);
        calls += 1;
        const fails = calls % 13 === 0;
        for (let turn = calls % 5; turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
        busy.delete(key);
        if (fails) throw new Error('now and then');
      });
      for (const n of numbered(20, ''))
        for (const key of keys) await broker.send(queue, message(`${key}${n}`, { key }));
      await broker.send(queue, message('no key'));
      const handled = await inbox.different(201);
      for (const key of keys) {
        const ids = handled.filter((one) => one.key === key).map(({ id }) => id);
        expect(ids).toEqual(numbered(20, key));
      }
    });

    it('stops only when the running handler is done, takes nothing more, and leaves the rest in the queue', async () => {
      const broker = await fresh();
      const queue = name('stopped');
      const gate = createGate();
      const first = await openInbox(broker, queue, { prefetch: 1 }, gate.pass);
      await sendAll(broker, queue, numbered(5));
      await gate.begun;
      let stopped = false;
      const stopping = first.stop().then(() => {
        stopped = true;
      });
      await broker.send(queue, message('m-5'));
      expect(stopped).toBe(false);
      gate.open();
      await stopping;
      expect(first.handled).toHaveLength(1);
      await first.stop();
      const second = await openInbox(broker, queue);
      await second.count(5);
      expect([...first.handled, ...second.handled].map(({ id }) => id).toSorted()).toEqual(numbered(6));
    });

    it('gives a message whose handler fails while it is being stopped to the next consumer', async () => {
      const broker = await fresh();
      const queue = name('handed-on');
      for (const key of [undefined, 'k']) {
        const gate = createGate();
        const first = await openInbox(broker, queue, { prefetch: 1 }, async () => {
          await gate.pass();
          throw new Error('the store is gone');
        });
        await broker.send(queue, message('handed on', key === undefined ? {} : { key }));
        await gate.begun;
        const stopping = first.stop();
        gate.open();
        await stopping;
        const second = await openInbox(broker, queue);
        expect((await second.count(1)).map(({ id }) => id)).toEqual(['handed on']);
        await second.stop();
      }
    });

    it('removes a queue with what is in it and its bindings, and one that is not there', async () => {
      const broker = await fresh();
      if (broker.remove === undefined) return;
      const [topic, queue] = [name('topic'), name('removed')];
      await broker.bind(topic, queue);
      const inbox = await openInbox(broker, queue);
      await broker.send(queue, message('handled'));
      await inbox.count(1);
      await inbox.stop();
      await broker.send(queue, message('left'));
      await broker.remove(queue);
      await broker.remove(queue);
      await expect(broker.send(queue, message('late'))).rejects.toMatchObject({ trouble: 'unroutable' });
      await broker.publish(topic, message('unheard'));
      const again = await openInbox(broker, queue);
      await broker.send(queue, message('fresh'));
      expect((await again.count(1)).map(({ id }) => id)).toEqual(['fresh']);
    });

    it('stops the consumers of a queue that is removed', async () => {
      const broker = await fresh();
      if (broker.remove === undefined) return;
      const queue = name('removed');
      const gate = createGate();
      const inbox = await openInbox(broker, queue, {}, gate.pass);
      await broker.send(queue, message('running'));
      await gate.begun;
      const removing = broker.remove(queue);
      gate.open();
      await removing;
      expect(inbox.handled.map(({ id }) => id)).toEqual(['running']);
      await inbox.stop();
    });

    it('closes only when the running handler is done, the same way however often it is asked, and refuses all else', async () => {
      const broker = await fresh();
      const [topic, queue] = [name('topic'), name('closed')];
      await broker.bind(topic, queue);
      const gate = createGate();
      const inbox = await openInbox(broker, queue, {}, gate.pass);
      const sending = broker.send(queue, message('running'));
      await gate.begun;
      const closing = broker.close();
      expect(broker.close()).toBe(closing);
      const closed = { trouble: 'closed' };
      await expect(broker.send(queue, message('late'))).rejects.toMatchObject(closed);
      await expect(broker.publish(topic, message('late'))).rejects.toMatchObject(closed);
      await expect(broker.consume(queue, async () => undefined)).rejects.toMatchObject(closed);
      await expect(broker.bind(topic, queue)).rejects.toMatchObject(closed);
      await expect(broker.unbind(topic, queue)).rejects.toMatchObject(closed);
      expect(broker.state()).toEqual({ up: false, reason: 'The broker was closed' });
      expect(inbox.handled).toEqual([]);
      gate.open();
      await closing;
      await sending;
      expect(inbox.handled.map(({ id }) => id)).toEqual(['running']);
      await inbox.stop();
    });
  });
};
