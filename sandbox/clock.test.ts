import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realWhen, sandboxNow, TIME_MAX } from './clock.ts';

const row = (speed: number, base = 1_000_000, anchor = 50_000) => ({
  clock_base: base,
  clock_anchor_real: anchor,
  clock_speed: speed,
});

describe('the sandbox clock', () => {
  it.each([
    [1, 50_000, 1_000_000],
    [1, 51_500, 1_001_500],
    [60, 51_000, 1_060_000],
    [0.5, 51_001, 1_000_500],
    [0, 90_000, 1_000_000],
    [1, 40_000, 1_000_000],
  ])('at speed %d and real time %d shows %d', (speed, real, shown) => {
    expect(sandboxNow(row(speed), real)).toBe(shown);
  });

  it('stops at the last time that FHIR can write as an instant', () => {
    expect(new Date(TIME_MAX).toISOString()).toBe('9999-12-31T23:59:59.999Z');
    expect(sandboxNow(row(100_000, TIME_MAX - 5), 99_999)).toBe(TIME_MAX);
  });

  it('never shows a due time that is still ahead when it stands still', () => {
    expect(realWhen(row(0), 1_000_001)).toBeUndefined();
    expect(realWhen(row(0), 1_000_000)).toBe(50_000);
  });

  it('says when a time will be shown: then, and not a millisecond before', () => {
    const time = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 1, max: 4e10 }), (...numbers) => {
        const [base, anchor, quarters, ahead] = numbers;
        const clock = row(quarters / 4, base, anchor);
        const real = realWhen(clock, base + ahead);
        if (real === undefined) throw new Error('a running clock shows every time');
        expect(sandboxNow(clock, real)).toBeGreaterThanOrEqual(base + ahead);
        expect(sandboxNow(clock, real - 1)).toBeLessThan(base + ahead);
      }),
    );
  });
});
