import { afterEach, describe, expect, it } from 'vitest';
import type { Consumer, Message } from '../pattern.ts';
import { BAD_REQUEST, problem } from '../problem.ts';
import { type Engines, type MessageHarness, openMessages, START } from './engine-harness.test-data.ts';
import { Undeliverable } from './retry.ts';

const HOUR = 3_600_000;
const text = ({ body }: Message): string => Buffer.from(body).toString();

/** What every combination of a store and a broker has to keep (rules 2); `engines` gives an empty store. */
export const messageContract = (title: string, engines: () => Promise<Engines>): void => {
  let open: MessageHarness | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  const start = async (handle: Consumer['handle'], more: Partial<Consumer> = {}, seats = {}) => {
    open = await openMessages({ work: { participant: 'helper', handle, ...more } }, await engines(), seats);
    return open;
  };

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
      const again = { ordering: null, content_type: null, at: START, expires: null, seq: 1, ...envelope };
      await box.broker.send('things.work', {
        id: row?.id ?? '',
        headers: { fingerpost: JSON.stringify(again) },
        body: 'a',
      });
      await box.broker.close();
      expect(effects).toBe(1);
      expect(await box.host.sql.query(`select value from counter where name = 'effect'`)).toEqual([{ value: 1 }]);
      expect(box.logged).toEqual([]);
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

    it('is tried again on the sandbox clock, ever later, and is a dead letter after the last attempt', async () => {
      const tried: number[] = [];
      const retry = { attempts: 4, first: 'PT1H', factor: 2, jitter: 0 };
      const handle: Consumer['handle'] = async (_message, ctx) => {
        tried.push((ctx.now() - START) / HOUR);
        throw problem(BAD_REQUEST, 'The ward is shut');
      };
      const box = await start(handle, { retry });
      await box.send({ consumer: 'work', body: 'a' });
      await box.settled();
      expect(await box.rows()).toMatchObject([{ state: 'waiting', attempt: 2, due: START + HOUR }]);
      expect(await box.advance(5 * 24 * HOUR)).toBe(3);
      await box.settled();
      expect(tried).toEqual([0, 1, 3, 7]);
      expect(await box.rows()).toMatchObject([
        { state: 'dead', attempt: 4, reason: expect.stringContaining('The ward is shut') },
      ]);
    });

    it('waits for the same times in the same run, spread by chance', async () => {
      const waits: unknown[] = [];
      for (let run = 0; run < 2; run += 1) {
        const box = await start(async () => {
          throw problem(BAD_REQUEST, 'No');
        });
        await box.send({ consumer: 'work', body: 'a' }, { consumer: 'work', body: 'b' });
        await box.settled();
        waits.push((await box.rows()).map(({ due }) => due));
        await box.close();
      }
      expect(waits[0]).toEqual(waits[1]);
      expect(new Set(waits[0] as number[]).size).toBe(2);
    });

    it('is a dead letter at once where its handler says that another attempt is in vain', async () => {
      const box = await start(async () => {
        throw new Undeliverable('No such ward');
      });
      await box.send({ consumer: 'work', body: 'a' });
      await box.settled();
      expect(await box.rows()).toMatchObject([{ state: 'dead', attempt: 1, reason: 'No such ward' }]);
      const { items } = await box.exchanges();
      expect(items.filter(({ kind }) => kind === 'message')).toMatchObject([
        { summary: 'SEND things.work', from: 'answerer', to: 'helper', operation: 'work' },
        { summary: 'RECEIVE things.work', note: expect.stringContaining('No such ward') },
      ]);
    });

    it('does not say what was wrong where that was not foreseen, but logs it', async () => {
      const box = await start(async () => {
        throw new TypeError('cannot read secret of undefined');
      });
      await box.send({ consumer: 'work', body: 'a' });
      await box.settled();
      expect(await box.rows()).toMatchObject([{ state: 'waiting', reason: 'Something went wrong in the handler' }]);
      expect(box.logged).toMatchObject([{ queue: 'things.work' }]);
    });

    it('is not delivered before its time, nor after it expired', async () => {
      const got: string[] = [];
      const box = await start(async (message) => {
        got.push(text(message));
      });
      await box.send(
        { consumer: 'work', body: 'later', notBefore: START + HOUR },
        { consumer: 'work', body: 'never', notBefore: START + 3 * HOUR, expires: START + 2 * HOUR },
      );
      await box.settled();
      expect(got).toEqual([]);
      await box.advance(HOUR);
      expect(got).toEqual(['later']);
      await box.advance(4 * HOUR);
      expect(got).toEqual(['later']);
      expect(await box.rows()).toMatchObject([
        { state: 'done' },
        { state: 'dead', reason: expect.stringMatching(/expired/) },
      ]);
    });

    it('waits for those of its key before it, failed attempts included, and for no others', async () => {
      const got: string[] = [];
      let failures = 1;
      const handle: Consumer['handle'] = async (message) => {
        if (text(message) === 'a1' && failures-- > 0) throw problem(BAD_REQUEST, 'Not yet');
        got.push(text(message));
      };
      const box = await start(handle, { retry: { first: 'PT1H', jitter: 0 } });
      await box.send(
        ...['a1', 'b1', 'a2', 'b2', 'a3'].map((body) => ({ consumer: 'work', body, key: body.charAt(0) })),
      );
      await box.settled();
      expect(got).toEqual(['b1', 'b2']);
      await box.advance(HOUR);
      expect(got).toEqual(['b1', 'b2', 'a1', 'a2', 'a3']);
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
