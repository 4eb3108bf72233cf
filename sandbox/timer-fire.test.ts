import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { thingsPattern } from './http/things-pattern.ts';
import { startThings, type ThingsService } from './http/things-service.ts';
import type { Ctx, TimerHandler } from './pattern.ts';
import { fireTimers } from './timer-fire.ts';
import { createTimerEngine, scheduleTimer, type TimerEngine } from './timers.ts';

const HOUR = parseDuration('PT1H');
const ASKER = 'asker';
const SERVER = 'answerer';

describe('a timer of a pattern', () => {
  let service: ThingsService;
  let timers: TimerEngine;
  let start: number;
  let handler: TimerHandler;
  beforeEach(async () => {
    start = Date.now();
    const app = { ...thingsPattern.app, timers: { remind: (...given: Parameters<TimerHandler>) => handler(...given) } };
    service = await startThings({ pattern: async () => ({ ...thingsPattern, app }), now: () => start });
    const { sql, journal } = service.host;
    timers = createTimerEngine({ sql, journal, fire: fireTimers(service.host), real: () => start });
  });
  afterEach(async () => {
    await timers.close();
    await service.close();
  });
  const schedule = (name = 'remind'): Promise<void> =>
    service.host.sql.transaction(async (tx) => {
      const [row] = await tx.query<{ clock_base: number }>("select clock_base from sandbox where id = 'box'");
      const due = (row?.clock_base ?? 0) + HOUR;
      await scheduleTimer(tx, { sandbox: 'box', serial: 1, participant: ASKER, timer: { name, due, data: { n: 1 } } });
    });

  it('sees the time at which it was due, may send and write, and is in the journal before what it sends', async () => {
    await service.create('box');
    const [row] = await service.host.sql.query<{ clock_base: number }>('select clock_base from sandbox');
    const seen: { now: number; status: number; left: number }[] = [];
    handler = async (_, ctx: Ctx) => {
      await ctx.transaction(async (tx) => tx.query('select 1 as one'));
      const { status } = await ctx.send(SERVER, { method: 'GET', path: '/nowhere' });
      const [timer] = await ctx.sql.query<{ n: number }>('select count(*) as n from timer');
      seen.push({ now: ctx.now(), status, left: timer?.n ?? -1 });
    };
    await schedule();
    const { fired } = await timers.advance('box', 2 * HOUR);
    expect(fired).toBe(1);
    expect(seen).toEqual([{ now: (row?.clock_base ?? 0) + HOUR, status: 404, left: 0 }]);
    const kinds = (await service.exchanges('box'))
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ kind, from, at }) => [kind, from, at]);
    const due = new Date((row?.clock_base ?? 0) + HOUR).toISOString();
    expect(kinds).toEqual([
      ['timer', ASKER, due],
      ['http', ASKER, due],
    ]);
  });

  it.each(['external', 'stopped'] as const)('does nothing for a participant that is %s, and says so', async (mode) => {
    await service.create('box', { seats: { [ASKER]: { mode, url: 'http://127.0.0.1:9' } } });
    let ran = false;
    handler = async () => {
      ran = true;
    };
    await schedule();
    await timers.advance('box', 2 * HOUR);
    expect(ran).toBe(false);
    expect((await service.exchanges('box')).map(({ note }) => note)).toEqual([`not run: ${ASKER} is ${mode}`]);
  });

  it('that the pattern does not know fails without holding up the clock', async () => {
    await service.create('box');
    await schedule('unknown');
    expect(await timers.advance('box', 2 * HOUR)).toMatchObject({ fired: 1, pending: 0 });
    expect((await service.exchanges('box'))[0]?.note).toContain('failed');
  });
});
