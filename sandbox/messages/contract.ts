import { describe, expect, it } from 'vitest';
import type { Message } from '../pattern.ts';
import { BAD_REQUEST, problem } from '../problem.ts';
import { useBox } from './contract-box.ts';
import { type Engines, START } from './engine-harness.test-data.ts';

const HOUR = 3_600_000;
const text = ({ body }: Message): string => Buffer.from(body).toString();

/** What every combination of a store and a broker has to keep (rules 2); `engines` gives an empty store. */
export const messageContract = (title: string, engines: () => Promise<Engines>): void => {
  const start = useBox(engines);

  describe(`a message in a queue of a pattern, on ${title}`, () => {
    it('is handled once, as the participant that it is for, with all that its sender gave it', async () => {
      const got: [string, Message][] = [];
      const box = await start(async (message, ctx) => {
        got.push([ctx.participant.name, message]);
      });
      const [id] = await box.send({
        consumer: 'work',
        headers: { 'X-Request-ID': 'one' },
        body: { hello: 'world' },
        key: 'k',
      });
      await box.settled();
      expect(got).toEqual([
        [
          'helper',
          {
            id,
            consumer: 'work',
            from: 'answerer',
            to: 'helper',
            key: 'k',
            headers: { 'X-Request-ID': 'one' },
            contentType: 'application/json',
            body: new Uint8Array(Buffer.from('{"hello":"world"}')),
            sentAt: START,
            attempt: 1,
          },
        ],
      ]);
      expect(await box.rows()).toMatchObject([{ id, state: 'done' }]);
    });

    it('has one effect, however often it is delivered', async () => {
      let effects = 0;
      const box = await start(async (_message, ctx) => {
        await ctx.transaction(async (tx) => {
          await tx.query(`insert into counter (name, value) values ('effect', 1)
          on conflict (name) do update set value = counter.value + 1`);
        });
        effects += 1;
      });
      await box.send({ consumer: 'work', body: 'a' });
      await box.settled();
      // As the relay does with what nobody seems to have handled, and as a broker does after a lost acknowledgement.
      const [row] = await box.host.sql.query<{ id: string; serial: number }>('select id, serial from message');
      const envelope = {
        ...row,
        sandbox: 'box',
        queue: 'things.work',
        sender: 'answerer',
        receiver: 'helper',
        attempt: 1,
      };
      const again = {
        ordering: null,
        content_type: null,
        claim: null,
        at: START,
        expires: null,
        spent: 0,
        seq: 1,
        ...envelope,
      };
      await box.broker.send('things.work', {
        id: row?.id ?? '',
        headers: { 'carrier-envelope': JSON.stringify(again) },
        body: 'a',
      });
      await box.broker.close();
      expect(effects).toBe(1);
      expect(await box.host.sql.query(`select value from counter where name = 'effect'`)).toEqual([{ value: 1 }]);
      expect(box.logged).toEqual([]);
    });

    it('is sent again where nobody seems to have handled it', async () => {
      const got: string[] = [];
      let other: () => void = () => undefined;
      const handled = new Promise<void>((resolve) => {
        other = resolve;
      });
      const box = await start(async (message) => {
        got.push(text(message));
        other();
      });
      await box.send({ consumer: 'work', body: 'lost', notBefore: START + 3_600_000 });
      // As if a broker had taken it, and lost it.
      await box.host.sql.transaction((tx) => tx.query(`update message set state = 'sent', sent_real = $1`, [START]));
      box.pass(30_000);
      box.host.messages.wake();
      await box.send({ consumer: 'work', body: 'other' });
      await handled;
      expect(got).toEqual(['other']);
      box.pass(60_000);
      box.host.messages.wake();
      await box.settled();
      expect(got).toEqual(['other', 'lost']);
    });

    it('travels as a claim check where it is large, and arrives whole', async () => {
      const body = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251);
      const got: [boolean, Message['claim']][] = [];
      const box = await start(async (message) => {
        got.push([Buffer.compare(message.body, body) === 0, message.claim]);
      });
      await box.send({ consumer: 'work', body });
      await box.settled();
      const claim = { reference: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), size: 300_000 };
      expect(got).toEqual([[true, expect.objectContaining(claim)]]);
      const [row] = await box.host.sql.query<{ body: Uint8Array }>('select body from message');
      expect(row?.body).toHaveLength(0);
      const { items } = await box.exchanges();
      const sent = items.filter(({ kind }) => kind === 'message').map(({ request }) => request);
      expect(sent).toMatchObject([
        { size: 300_000, truncated: true },
        { size: 300_000, headers: { 'claim-check': claim.reference } },
      ]);
    });

    it('is part of the transaction that it was put into', async () => {
      const got: string[] = [];
      const box = await start(async (message, ctx) => {
        if (text(message) !== 'first') {
          got.push(text(message));
          return;
        }
        await ctx
          .transaction(async (tx) => {
            await ctx.enqueue(tx, { consumer: 'work', body: 'undone' });
            throw problem(BAD_REQUEST, 'No');
          })
          .catch(() => undefined);
        await ctx.transaction((tx) => ctx.enqueue(tx, { consumer: 'work', body: 'kept' }));
      });
      await box.send({ consumer: 'work', body: 'first' });
      await box.settled();
      expect(got).toEqual(['kept']);
    });
  });

  describe('a message for a participant that is not simulated', () => {
    it('is held, and handled once the seat is given back', async () => {
      const got: string[] = [];
      const box = await start(
        async (message) => {
          got.push(text(message));
        },
        {},
        { helper: 'external' },
      );
      await box.send({ consumer: 'work', body: 'a' }, { consumer: 'work', to: 'asker', body: 'b' });
      await box.settled();
      expect(got).toEqual(['b']);
      expect(await box.rows()).toMatchObject([{ state: 'held', reason: 'helper is external' }, { state: 'done' }]);
      await box.host.sql.transaction((tx) =>
        tx.query(`update participant set mode = 'simulated' where name = 'helper'`),
      );
      await box.messages.seatChanged({ id: 'box', serial: 1 }, 'helper');
      await box.settled();
      expect(got).toEqual(['b', 'a']);
    });
  });

  describe('a message of a sandbox that was reset', () => {
    it('is dropped', async () => {
      const got: string[] = [];
      const box = await start(async (message) => {
        got.push(text(message));
      });
      await box.send({ consumer: 'work', body: 'a', notBefore: START + HOUR });
      await box.host.sql.transaction(async (tx) => {
        await tx.query('update sandbox set serial = 99, generation = 2');
        await tx.query(`update message set state = 'ready'`);
      });
      box.host.messages.wake();
      await box.messages.settled({ id: 'box', serial: 1 });
      expect(got).toEqual([]);
      expect(await box.host.sql.query('select state from message')).toEqual([{ state: 'dead' }]);
      expect(box.logged).toEqual([]);
    });
  });
};
