import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOX, HOUR, openTimers, START, type TimerHarness } from './timer-harness.test-data.ts';

describe('timers as real time passes', () => {
  let at: TimerHarness;
  beforeEach(async () => {
    at = await openTimers();
  });
  afterEach(() => at.close());

  it('fires by itself when real time comes to it, and not before', async () => {
    const fired: string[] = [];
    const timers = at.engine(at.noting(fired));
    await at.schedule('later', START + 2000);
    await at.schedule('soon', START + 1000);
    at.real = START + 999;
    await timers.poll();
    expect(fired).toHaveLength(0);
    at.real = START + 1000;
    await timers.poll();
    expect(fired.map((entry) => entry.split('@')[0])).toEqual(['soon']);
    expect(await at.sql.query('select next_due_real from sandbox')).toEqual([{ next_due_real: START + 2000 }]);
  });

  it('polls once it is started', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timers = at.engine(async () => void resolve(), { pollMs: 1 });
    await at.schedule('now', START);
    timers.start();
    await promise;
  });

  it('follows the speed of the clock', async () => {
    const fired: string[] = [];
    const timers = at.engine(at.noting(fired));
    await at.schedule('t', START + HOUR);
    expect(await timers.setSpeed(BOX.id, 60)).toEqual({ now: START, speed: 60, fired: 0, pending: 1 });
    at.real = START + 59_999;
    await timers.poll();
    expect(fired).toEqual([]);
    await timers.setSpeed(BOX.id, 0);
    at.real += HOUR;
    await timers.poll();
    expect(fired).toEqual([]);
    expect((await timers.setSpeed(BOX.id, 1)).now).toBe(START + 59_999 * 60);
    at.real += 60;
    await timers.poll();
    expect(fired).toEqual(['t@1']);
  });

  it('advances a clock that stands still, and leaves it standing', async () => {
    const timers = at.engine(at.noting([]));
    await timers.setSpeed(BOX.id, 0);
    await timers.advance(BOX.id, HOUR);
    at.real += 5 * HOUR;
    expect((await timers.advance(BOX.id, 0)).now).toBe(START + HOUR);
  });

  it.each([-1, Number.NaN, 100_001])('refuses the speed %d', async (speed) => {
    const timers = at.engine(at.noting([]));
    await expect(timers.setSpeed(BOX.id, speed)).rejects.toThrow('0 to 100000');
  });

  it('takes over from a node that died, once its lease has run out', async () => {
    const fired: string[] = [];
    await at.schedule('t', START + HOUR);
    await at.sql.transaction((tx) =>
      tx.query(
        `update sandbox set clock_target = $1, next_due_real = $2, lease_owner = 'dead', lease_until_real = $3`,
        [START + 2 * HOUR, START, START + 5000],
      ),
    );
    const timers = at.engine(at.noting(fired));
    await timers.poll();
    expect(fired).toEqual([]);
    at.real += 5001;
    await timers.poll();
    expect(fired).toEqual(['t@1']);
    const [row] = await at.sql.query('select clock_base, clock_target, lease_owner from sandbox');
    expect({ ...row }).toEqual({ clock_base: START + 2 * HOUR, clock_target: null, lease_owner: null });
  });

  it('fires each once when two nodes poll the same store', async () => {
    const fired: string[] = [];
    for (let n = 0; n < 50; n += 1) await at.schedule(`t${n}`, START + 1);
    at.real += 1;
    const nodes = [at.engine(at.noting(fired)), at.engine(at.noting(fired))];
    await Promise.all(nodes.map((node) => node.poll()));
    expect(new Set(fired).size).toBe(50);
    expect(fired).toHaveLength(50);
  });
});
