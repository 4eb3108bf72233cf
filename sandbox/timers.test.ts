import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { createJournal, type Journal } from './journal.ts';
import { openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { createTimerEngine, type Firing, scheduleTimer, type TimerEngine, type TimerOptions } from './timers.ts';

const START = Date.UTC(2026, 10, 22, 9);
const HOUR = parseDuration('PT1H');
const BOX = { id: 'box', serial: 7 };

describe('timers on the sandbox clock', () => {
  let sql: Sql;
  let journal: Journal;
  let real: number;
  const engines: TimerEngine[] = [];
  beforeEach(async () => {
    real = START;
    sql = await openWithSandbox('sqlite::memory:', BOX.id, BOX.serial, START);
    journal = createJournal({ sql, real: () => real });
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await journal.close();
    await sql.close();
  });

  const engine = (fire: TimerOptions['fire'], more: Partial<TimerOptions> = {}): TimerEngine => {
    const made = createTimerEngine({ sql, journal, real: () => real, fire, ...more });
    engines.push(made);
    return made;
  };
  const schedule = (name: string, due: number, data: unknown = null): Promise<void> =>
    sql.transaction((tx) =>
      scheduleTimer(tx, { sandbox: BOX.id, serial: BOX.serial, participant: 'sender', timer: { name, due, data } }),
    );
  /** A fire that takes the timer, runs `then` in the same transaction, and notes what fired at which hour. */
  const noting = (fired: string[], then?: (firing: Firing, tx: Parameters<Firing['claim']>[0]) => Promise<void>) => {
    return async (firing: Firing): Promise<undefined> => {
      await sql.transaction(async (tx) => {
        await firing.claim(tx);
        await then?.(firing, tx);
      });
      fired.push(`${firing.timer.name}@${(firing.now - START) / HOUR}`);
    };
  };

  it('fires what falls due in the order of time and then of scheduling, each when the clock shows its time', async () => {
    const fired: string[] = [];
    const timers = engine(noting(fired));
    for (const [name, hour] of [
      ['c', 2],
      ['a', 1],
      ['d', 2],
      ['late', 6],
      ['b', 1],
    ] as const)
      await schedule(name, START + hour * HOUR);
    expect(await timers.advance(BOX.id, 5 * HOUR)).toEqual({ now: START + 5 * HOUR, fired: 4, pending: 1 });
    expect(fired).toEqual(['a@1', 'b@1', 'c@2', 'd@2']);
    expect(await timers.advance(BOX.id, HOUR)).toEqual({ now: START + 6 * HOUR, fired: 1, pending: 0 });
    expect(await timers.advance(BOX.id, 0)).toEqual({ now: START + 6 * HOUR, fired: 0, pending: 0 });
  });

  it('hands over what was stored with the timer', async () => {
    const seen: Firing[] = [];
    await schedule('retry', START, { attempt: 3 });
    await engine(async (firing) => void seen.push(firing)).advance(BOX.id, 0);
    expect(seen).toMatchObject([
      { sandbox: BOX, participant: 'sender', timer: { name: 'retry', due: START, data: { attempt: 3 } }, now: START },
    ]);
  });

  it('fires an hourly retry 120 times in five days, although each is set off by work that settles in between', async () => {
    const fired: string[] = [];
    const pending: (() => Promise<void>)[] = [];
    const timers = engine(
      noting(fired, async ({ now }) => {
        pending.push(() => schedule('retry', now + HOUR));
      }),
      {
        settled: async () => {
          for (const work of pending.splice(0)) await work();
        },
      },
    );
    await schedule('retry', START + HOUR);
    expect(await timers.advance(BOX.id, parseDuration('P5D'))).toEqual({
      now: START + 120 * HOUR,
      fired: 120,
      pending: 1,
    });
    expect(fired).toEqual(Array.from({ length: 120 }, (_, index) => `retry@${index + 1}`));
  });

  it('records each in the journal, at its time, with what its handler had to say', async () => {
    const replies = ['fine', undefined];
    const timers = engine(async () => replies.shift());
    await schedule('expiry', START + HOUR);
    await schedule('expiry', START + 2 * HOUR);
    await timers.advance(BOX.id, 2 * HOUR);
    await journal.flush();
    const { items } = await journal.page(BOX, 0, 10);
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
    const timers = engine(
      async (firing) => {
        if (firing.timer.name === 'bad') throw new Error('a detail that is nobody’s business');
        return undefined;
      },
      { log: { error: (fields) => void errors.push(fields) } },
    );
    await schedule('bad', START + 1);
    await schedule('good', START + 2);
    expect(await timers.advance(BOX.id, HOUR)).toMatchObject({ fired: 2, pending: 0 });
    await journal.flush();
    const notes = (await journal.page(BOX, 0, 10)).items.map((item) => item.note);
    expect(notes).toEqual(['failed: something went wrong in the handler', undefined]);
    expect(errors).toMatchObject([{ sandbox: 'box', timer: 'bad' }]);
  });

  it('lets a timer be taken only once', async () => {
    const claims: PromiseSettledResult<void>[] = [];
    const timers = engine(async ({ claim }) => {
      claims.push(...(await Promise.allSettled([sql.transaction(claim), sql.transaction(claim)])));
      return undefined;
    });
    await schedule('once', START);
    await timers.advance(BOX.id, 0);
    expect(claims.map((claim) => claim.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('goes on where it was when it is stopped on the way, and fires nothing twice', async () => {
    const fired: string[] = [];
    for (let hour = 1; hour <= 10; hour += 1) await schedule('t', START + hour * HOUR);
    const first = engine(
      noting(fired, async () => {
        if (fired.length === 3) setImmediate(() => void first.close());
      }),
      { settled: () => new Promise((resolve) => setImmediate(resolve)) },
    );
    await expect(first.advance(BOX.id, 10 * HOUR)).rejects.toThrow('time goes on when it is back');
    expect(fired.length).toBeLessThan(10);
    const second = engine(noting(fired));
    await second.poll();
    expect(fired).toEqual(Array.from({ length: 10 }, (_, index) => `t@${index + 1}`));
    expect(await second.advance(BOX.id, 0)).toEqual({ now: START + 10 * HOUR, fired: 0, pending: 0 });
  });

  it('takes over from a node that died, once its lease has run out', async () => {
    const fired: string[] = [];
    await schedule('t', START + HOUR);
    await sql.transaction((tx) =>
      tx.query(
        `update sandbox set clock_target = $1, next_due_real = $2, lease_owner = 'dead', lease_until_real = $3`,
        [START + 2 * HOUR, START, START + 5000],
      ),
    );
    const timers = engine(noting(fired));
    await timers.poll();
    expect(fired).toEqual([]);
    real += 5001;
    await timers.poll();
    expect(fired).toEqual(['t@1']);
    const [row] = await sql.query('select clock_base, clock_target, lease_owner from sandbox');
    expect({ ...row }).toEqual({ clock_base: START + 2 * HOUR, clock_target: null, lease_owner: null });
  });

  it('fires each once when two nodes poll the same store', async () => {
    const fired: string[] = [];
    for (let n = 0; n < 50; n += 1) await schedule(`t${n}`, START + 1);
    real += 1;
    const nodes = [engine(noting(fired)), engine(noting(fired))];
    await Promise.all(nodes.map((node) => node.poll()));
    expect(new Set(fired).size).toBe(50);
    expect(fired).toHaveLength(50);
  });

  it('moves one sandbox’s time by one caller after another', async () => {
    const timers = engine(noting([]));
    const [one, two] = await Promise.all([timers.advance(BOX.id, HOUR), timers.advance(BOX.id, HOUR)]);
    expect([one.now, two.now]).toEqual([START + HOUR, START + 2 * HOUR]);
  });

  it('fires by itself when real time comes to it, and not before', async () => {
    const fired: string[] = [];
    const timers = engine(noting(fired));
    await schedule('later', START + 2000);
    await schedule('soon', START + 1000);
    real = START + 999;
    await timers.poll();
    expect(fired).toHaveLength(0);
    real = START + 1000;
    await timers.poll();
    expect(fired.map((entry) => entry.split('@')[0])).toEqual(['soon']);
    expect(await sql.query('select next_due_real from sandbox')).toEqual([{ next_due_real: START + 2000 }]);
  });

  it('polls once it is started', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timers = engine(async () => void resolve(), { pollMs: 1 });
    await schedule('now', START);
    timers.start();
    await promise;
  });

  it('follows the speed of the clock', async () => {
    const fired: string[] = [];
    const timers = engine(noting(fired));
    await schedule('t', START + HOUR);
    expect(await timers.setSpeed(BOX.id, 60)).toEqual({ now: START, speed: 60, fired: 0, pending: 1 });
    real = START + 59_999;
    await timers.poll();
    expect(fired).toEqual([]);
    await timers.setSpeed(BOX.id, 0);
    real += HOUR;
    await timers.poll();
    expect(fired).toEqual([]);
    expect((await timers.setSpeed(BOX.id, 1)).now).toBe(START + 59_999 * 60);
    real += 60;
    await timers.poll();
    expect(fired).toEqual(['t@1']);
  });

  it('advances a clock that stands still, and leaves it standing', async () => {
    const timers = engine(noting([]));
    await timers.setSpeed(BOX.id, 0);
    await timers.advance(BOX.id, HOUR);
    real += 5 * HOUR;
    expect((await timers.advance(BOX.id, 0)).now).toBe(START + HOUR);
  });

  it('cuts a loop of timers without delay, says so, and leaves what is left for later', async () => {
    const timers = engine(
      noting([], ({ now }, tx) =>
        scheduleTimer(tx, {
          sandbox: BOX.id,
          serial: BOX.serial,
          participant: 'sender',
          timer: { name: 'loop', due: now, data: 0 },
        }),
      ),
    );
    await schedule('loop', START + HOUR);
    const { now, fired, pending } = await timers.advance(BOX.id, 2 * HOUR);
    expect({ now, pending }).toEqual({ now: START + HOUR, pending: 1 });
    expect(fired).toBe(1001);
    expect(await sql.query('select clock_target, next_due_real from sandbox')).toEqual([
      { clock_target: null, next_due_real: START + 1000 },
    ]);
    await journal.flush();
    const [last] = (await journal.page(BOX, 2000, 1000)).items.filter((item) => item.kind === 'control');
    expect(last?.note).toContain('stopped after 1001 timers');
  });

  it('leaves the timers of a generation that is gone alone', async () => {
    const fired: string[] = [];
    const timers = engine(
      noting(fired, async (_, tx) => {
        await tx.query('update sandbox set serial = 8');
      }),
    );
    await schedule('a', START + 1);
    await schedule('b', START + 2);
    expect(await timers.advance(BOX.id, HOUR)).toMatchObject({ fired: 1, pending: 0 });
    expect(fired).toHaveLength(1);
    await expect(schedule('c', START)).rejects.toThrow('deleted, reset or has expired');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 4e12])('refuses to advance by %d', async (milliseconds) => {
    await expect(engine(noting([])).advance(BOX.id, milliseconds)).rejects.toThrow('0 to 100 years');
  });

  it.each([-1, Number.NaN, 100_001])('refuses the speed %d', async (speed) => {
    const timers = engine(noting([]));
    await expect(timers.setSpeed(BOX.id, speed)).rejects.toThrow('0 to 100000');
  });

  it('says that a sandbox is not there', async () => {
    await expect(engine(noting([])).advance('nowhere', 1)).rejects.toThrow('deleted, reset or has expired');
  });
});
