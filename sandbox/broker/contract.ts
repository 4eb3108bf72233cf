import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGate, createNames, message, numbered, openInbox, sendAll } from './contract-inbox.ts';
import { lifetimeContract } from './contract-lifetime.ts';
import type { Broker } from './port.ts';

export interface BrokerUnderTest {
  /** A broker that is up. */
  open(): Promise<Broker>;
  /** Whether what one opened broker sends reaches the consumers of another: then the cases run between two. */
  readonly nodes: 'one' | 'many';
}

/** What every driver has to keep (rules 2). */
export const brokerContract = (driver: string, { open, nodes }: BrokerUnderTest): void => {
  describe(`the broker port on ${driver}`, () => {
    const name = createNames();
    let broker: Broker;
    let other: Broker;
    beforeAll(async () => {
      broker = await open();
      other = nodes === 'many' ? await open() : broker;
    });
    afterAll(async () => {
      await broker.close();
      await other.close();
    });

    const bytes = Uint8Array.from({ length: 1024 }, (_, n) => (n * 31) % 256);
    it.each([
      ['text', 'Grüße, 你好, 🩺 \u0000 "quoted"\r\n'],
      ['no text', ''],
      ['bytes that are no UTF-8', bytes],
      ['no bytes', new Uint8Array()],
      ['a megabyte of text', 'é'.repeat(512 * 1024)],
      ['a megabyte of bytes', Uint8Array.from({ length: 1024 * 1024 }, (_, n) => (n * 7919) % 256)],
    ])('delivers %s as it was sent', async (_what, body) => {
      const queue = name('bodies');
      const inbox = await openInbox(broker, queue);
      await other.send(queue, message('whole', { body }));
      const [received] = await inbox.count(1);
      expect(typeof received?.body).toBe(typeof body);
      expect(Buffer.from(received?.body ?? 'nothing').equals(Buffer.from(body))).toBe(true);
      await inbox.stop();
    });

    it('delivers id, key and headers as they were sent', async () => {
      const queue = name('headers');
      const inbox = await openInbox(broker, queue);
      const headers = {
        'X-Case-Kept': 'Yes',
        empty: '',
        number: '0042',
        'zoë:€': 'ß "q" \n',
        CC: 'x',
        'x-delivery-count': '7',
        '__proto-ish': 'x',
      };
      const id = 'urn:uuid:0-é';
      await broker.send(queue, message(id, { headers, key: 'patient:1' }));
      await broker.send(queue, message('plain'));
      const [full, plain] = (await inbox.count(2)).toSorted((a) => (a.id === id ? -1 : 1));
      expect(full).toEqual({ id, headers, key: 'patient:1', body: `body of ${id}` });
      expect(plain).toEqual({ id: 'plain', headers: {}, body: 'body of plain' });
      await inbox.stop();
    });

    it('delivers what was sent, whatever the sender does with its buffer afterwards', async () => {
      const queue = name('buffer');
      const gate = createGate();
      const inbox = await openInbox(broker, queue, { prefetch: 1 }, gate.pass);
      const body = new Uint8Array([1, 2, 3]);
      await broker.send(queue, message('kept', { body }));
      body.fill(9);
      gate.open();
      expect([...((await inbox.count(1))[0]?.body ?? [])]).toEqual([1, 2, 3]);
      await inbox.stop();
    });

    it('refuses what is sent to a queue that nobody made, and does not keep it', async () => {
      const queue = name('nobody');
      await expect(broker.send(queue, message('lost'))).rejects.toMatchObject({ trouble: 'unroutable' });
      const inbox = await openInbox(broker, queue);
      await broker.send(queue, message('found'));
      expect((await inbox.count(1)).map(({ id }) => id)).toEqual(['found']);
      await inbox.stop();
    });

    it.each(['', 'Upper', '1st', 'a:b', 'a b', 'a/b', 'a_b', 'é', `a${'b'.repeat(200)}`])(
      'refuses "%s" as a name',
      async (wrong) => {
        const misuse = { trouble: 'misuse' };
        await expect(broker.send(wrong, message('x'))).rejects.toMatchObject(misuse);
        await expect(broker.consume(wrong, async () => undefined)).rejects.toMatchObject(misuse);
        await expect(broker.publish(wrong, message('x'))).rejects.toMatchObject(misuse);
        await expect(broker.bind(wrong, 'fine')).rejects.toMatchObject(misuse);
        await expect(broker.bind('fine', wrong)).rejects.toMatchObject(misuse);
        await expect(broker.unbind('fine', wrong)).rejects.toMatchObject(misuse);
        await expect(broker.remove?.(wrong)).rejects.toMatchObject(misuse);
      },
    );

    it('refuses an id that is empty or too long, and a prefetch of none', async () => {
      const queue = name('ids');
      const inbox = await openInbox(broker, queue);
      for (const id of ['', 'é'.repeat(128)]) {
        await expect(broker.send(queue, message(id))).rejects.toMatchObject({ trouble: 'misuse' });
      }
      await broker.send(queue, message('x'.repeat(255)));
      await inbox.count(1);
      for (const prefetch of [0, 1.5, -1, 65_536]) {
        await expect(broker.consume(queue, async () => undefined, { prefetch })).rejects.toMatchObject({
          trouble: 'misuse',
        });
      }
      await inbox.stop();
    });

    it('delivers a message again until its handler is done with it, and the others meanwhile', async () => {
      const queue = name('again');
      const tries = new Map<string, number>();
      const inbox = await openInbox(broker, queue, { prefetch: 4 }, async ({ id }) => {
        const tried = (tries.get(id) ?? 0) + 1;
        tries.set(id, tried);
        if (id === 'hard' && tried < 5) throw new Error('not yet');
      });
      await sendAll(broker, queue, ['hard', ...numbered(10)]);
      await inbox.different(11);
      expect(tries.get('hard')).toBe(5);
      await inbox.stop();
    });

    it('loses nothing of 2,000 among consumers on every node, of whom one fails now and then', async () => {
      const queue = name('many');
      let calls = 0;
      const ids = numbered(2000);
      const seen = new Set<string>();
      const all = Promise.withResolvers<void>();
      const handler = async ({ id }: { id: string }): Promise<void> => {
        calls += 1;
        if (calls % 17 === 0) throw new Error('now and then');
        seen.add(id);
        if (seen.size === ids.length) all.resolve();
      };
      const stops = [await broker.consume(queue, handler, { prefetch: 20 })];
      const more = [other, other].map((node) => node.consume(queue, handler, { prefetch: 20 }));
      stops.push(...(await Promise.all(more)));
      await Promise.all([sendAll(broker, queue, ids.slice(0, 1000)), sendAll(other, queue, ids.slice(1000))]);
      await all.promise;
      expect(seen).toEqual(new Set(ids));
      await Promise.all(stops.map((stop) => stop()));
    });

    it('shares a queue among its consumers, each of whom handles no more at once than it asked for', async () => {
      const queue = name('shared');
      const gate = createGate();
      const full = Promise.withResolvers<void>();
      const all = Promise.withResolvers<void>();
      const running: [number, number] = [0, 0];
      const most: [number, number] = [0, 0];
      let handled = 0;
      const handle = async (which: 0 | 1): Promise<void> => {
        running[which] += 1;
        most[which] = Math.max(most[which], running[which]);
        if (running[0] === 3 && running[1] === 3) full.resolve();
        await gate.pass();
        running[which] -= 1;
        handled += 1;
        if (handled === 20) all.resolve();
      };
      const stops = [
        await broker.consume(queue, () => handle(0), { prefetch: 3 }),
        await other.consume(queue, () => handle(1), { prefetch: 3 }),
      ];
      await sendAll(broker, queue, numbered(20));
      await full.promise;
      gate.open();
      await all.promise;
      expect(most).toEqual([3, 3]);
      await Promise.all(stops.map((stop) => stop()));
    });

    it('is up, and says so', () => {
      expect(broker.state()).toEqual({ up: true });
    });
  });

  lifetimeContract(driver, open);
};
