import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { BOX, HOUR, openTimers, START, type TimerHarness } from './timer-harness.test-data.ts';
import { type Firing, scheduleTimer } from './timers.ts';

describe('timers on the sandbox clock', () => {
  let at: TimerHarness;
  beforeEach(async () => {
    at = await openTimers();
  });
  afterEach(() => at.close());

  it('fires what falls due in the order of time and then of scheduling, each when the clock shows its time', async () => {
    const fired: string[] = [];
    const timers = at.engine(at.noting(fired));
    for (const [name, hour] of [
      ['c', 2],
      ['a', 1],
      ['d', 2],
      ['late', 6],
      ['b', 1],
    ] as const)
      await at.schedule(name, START + hour * HOUR);
    expect(await timers.advance(BOX.id, 5 * HOUR)).toEqual({ now: START + 5 * HOUR, fired: 4, pending: 1 });
    expect(fired).toEqual(['a@1', 'b@1', 'c@2', 'd@2']);
    expect(await timers.advance(BOX.id, HOUR)).toEqual({ now: START + 6 * HOUR, fired: 1, pending: 0 });
    expect(await timers.advance(BOX.id, 0)).toEqual({ now: START + 6 * HOUR, fired: 0, pending: 0 });
  });

  it('hands over what was stored with the timer', async () => {
    const seen: Firing[] = [];
    await at.schedule('retry', START, { attempt: 3 });
    await at.engine(async (firing) => void seen.push(firing)).advance(BOX.id, 0);
    expect(seen).toMatchObject([
      { sandbox: BOX, participant: 'sender', timer: { name: 'retry', due: START, data: { attempt: 3 } }, now: START },
    ]);
  });

  it('fires an hourly retry 120 times in five days, although each is set off by work that settles in between', async () => {
    const fired: string[] = [];
    const pending: (() => Promise<void>)[] = [];
    const timers = at.engine(
      at.noting(fired, async ({ now }) => {
        pending.push(() => at.schedule('retry', now + HOUR));
      }),
      {
        settled: async () => {
          for (const work of pending.splice(0)) await work();
        },
      },
    );
    await at.schedule('retry', START + HOUR);
    expect(await timers.advance(BOX.id, parseDuration('P5D'))).toEqual({
      now: START + 120 * HOUR,
      fired: 120,
      pending: 1,
    });
    expect(fired).toEqual(Array.from({ length: 120 }, (_, index) => `retry@${index + 1}`));
  });

  it('records each in the journal, at its time, with what its handler had to say', async () => {
    const replies = ['fine', undefined];
    const timers = at.engine(async () => replies.shift());
    await at.schedule('expiry', START + HOUR);
    await at.schedule('expiry', START + 2 * HOUR);
    await timers.advance(BOX.id, 2 * HOUR);
    await at.journal.flush();
    const { items } = await at.journal.page(BOX, 0, 10);
    expect(items).toMatchObject([
      {
        kind: 'timer',
        at: '2026-11-22T10:00:00.000Z',
        from: 'sender',
        to: 'sender',
        operation: 'expiry',
        note: 'fine',
      },
      { kind: 'timer', at: '2026-11-22T11:00:00.000Z', operation: 'expiry' },
    ]);
    expect(items[1]).not.toHaveProperty('note');
  });

  it('spends a timer whose handler fails, says so in the journal and goes on with the next', async () => {
    const errors: object[] = [];
    const timers = at.engine(
      async (firing) => {
        if (firing.timer.name === 'bad') throw new Error('a detail that is nobody’s business');
        return undefined;
      },
      { log: { error: (fields) => void errors.push(fields) } },
    );
    await at.schedule('bad', START + 1);
    await at.schedule('good', START + 2);
    expect(await timers.advance(BOX.id, HOUR)).toMatchObject({ fired: 2, pending: 0 });
    await at.journal.flush();
    const notes = (await at.journal.page(BOX, 0, 10)).items.map((item) => item.note);
    expect(notes).toEqual(['failed: something went wrong in the handler', undefined]);
    expect(errors).toMatchObject([{ sandbox: 'box', timer: 'bad' }]);
  });

  it('lets a timer be taken only once', async () => {
    const claims: PromiseSettledResult<void>[] = [];
    const timers = at.engine(async ({ claim }) => {
      claims.push(...(await Promise.allSettled([at.sql.transaction(claim), at.sql.transaction(claim)])));
      return undefined;
    });
    await at.schedule('once', START);
    await timers.advance(BOX.id, 0);
    expect(claims.map((claim) => claim.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('goes on where it was when it is stopped on the way, and fires nothing twice', async () => {
    const fired: string[] = [];
    for (let hour = 1; hour <= 10; hour += 1) await at.schedule('t', START + hour * HOUR);
    const first = at.engine(
      at.noting(fired, async () => {
        if (fired.length === 3) setImmediate(() => void first.close());
      }),
      { settled: () => new Promise((resolve) => setImmediate(resolve)) },
    );
    await expect(first.advance(BOX.id, 10 * HOUR)).rejects.toThrow('time goes on when it is back');
    expect(fired.length).toBeLessThan(10);
    const second = at.engine(at.noting(fired));
    await second.poll();
    expect(fired).toEqual(Array.from({ length: 10 }, (_, index) => `t@${index + 1}`));
    expect(await second.advance(BOX.id, 0)).toEqual({ now: START + 10 * HOUR, fired: 0, pending: 0 });
  });

  it('moves one sandbox’s time by one caller after another', async () => {
    const timers = at.engine(at.noting([]));
    const [one, two] = await Promise.all([timers.advance(BOX.id, HOUR), timers.advance(BOX.id, HOUR)]);
    expect([one.now, two.now]).toEqual([START + HOUR, START + 2 * HOUR]);
  });

  it('cuts a loop of timers without delay, says so, and leaves what is left for later', async () => {
    const timers = at.engine(
      at.noting([], ({ now }, tx) =>
        scheduleTimer(tx, {
          sandbox: BOX.id,
          serial: BOX.serial,
          participant: 'sender',
          timer: { name: 'loop', due: now, data: 0 },
        }),
      ),
    );
    await at.schedule('loop', START + HOUR);
    const { now, fired, pending } = await timers.advance(BOX.id, 2 * HOUR);
    expect({ now, pending }).toEqual({ now: START + HOUR, pending: 1 });
    expect(fired).toBe(1001);
    expect(await at.sql.query('select clock_target, next_due_real from sandbox')).toEqual([
      { clock_target: null, next_due_real: START + 1000 },
    ]);
    await at.journal.flush();
    const [last] = (await at.journal.page(BOX, 2000, 1000)).items.filter((item) => item.kind === 'control');
    expect(last?.note).toContain('stopped after 1001 timers');
  });

  it('leaves the timers of a generation that is gone alone', async () => {
    const fired: string[] = [];
    const timers = at.engine(
      at.noting(fired, async (_, tx) => {
        await tx.query('update sandbox set serial = 8');
      }),
    );
    await at.schedule('a', START + 1);
    await at.schedule('b', START + 2);
    expect(await timers.advance(BOX.id, HOUR)).toMatchObject({ fired: 1, pending: 0 });
    expect(fired).toHaveLength(1);
    await expect(at.schedule('c', START)).rejects.toThrow('deleted, reset or has expired');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 4e12])('refuses to advance by %d', async (milliseconds) => {
    await expect(at.engine(at.noting([])).advance(BOX.id, milliseconds)).rejects.toThrow('0 to 100 years');
  });

  it('says that a sandbox is not there', async () => {
    await expect(at.engine(at.noting([])).advance('nowhere', 1)).rejects.toThrow('deleted, reset or has expired');
  });
});
