import { describe, expect, it } from 'vitest';
import type { Consumer, Message } from '../pattern.ts';
import { BAD_REQUEST, problem } from '../problem.ts';
import { useBox } from './contract-box.ts';
import { type Engines, START } from './engine-harness.test-data.ts';
import { Undeliverable } from './retry.ts';

const HOUR = 3_600_000;
const text = ({ body }: Message): string => Buffer.from(body).toString();

/** The same for retries, times and the order of a key. */
export const waitingContract = (title: string, engines: () => Promise<Engines>): void => {
  const start = useBox(engines);

  describe(`a message that has to wait, on ${title}`, () => {
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

    it('is tried every hour over five days, each at its hour, when the clock jumps', async () => {
      const tried: number[] = [];
      const handle: Consumer['handle'] = async (_message, ctx) => {
        tried.push((ctx.now() - START) / HOUR);
        throw problem(BAD_REQUEST, 'Nobody collected it');
      };
      const box = await start(handle, { retry: { attempts: 1_000, first: 'PT1H', factor: 1, jitter: 0 } });
      await box.send({ consumer: 'work', body: 'a' });
      await box.settled();
      expect(await box.advance(5 * 24 * HOUR)).toBe(120);
      await box.settled();
      expect(tried).toEqual(Array.from({ length: 121 }, (_, hour) => hour));
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
};
