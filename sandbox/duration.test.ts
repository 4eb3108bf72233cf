import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DURATION_MAX, formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['PT0S', 0],
    ['PT1S', 1000],
    ['PT0.25S', 250],
    ['PT0,25S', 250],
    ['PT90M', 5_400_000],
    ['PT1H30M', 5_400_000],
    ['PT1.5H', 5_400_000],
    ['P5D', 432_000_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['P36525D', DURATION_MAX],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    ['', 'write it as in ISO 8601'],
    ['P', 'write it as in ISO 8601'],
    ['PT', 'write it as in ISO 8601'],
    ['P1DT', 'write it as in ISO 8601'],
    ['5D', 'write it as in ISO 8601'],
    ['P5H', 'write it as in ISO 8601'],
    ['p5d', 'write it as in ISO 8601'],
    ['-P5D', 'write it as in ISO 8601'],
    ['P-5D', 'write it as in ISO 8601'],
    ['P1W2D', 'write it as in ISO 8601'],
    ['PT1S\n', 'write it as in ISO 8601'],
    ['P1Y', 'years and months'],
    ['P1M', 'years and months'],
    ['P1.5DT1H', 'only the last part'],
    ['P36526D', 'longer than 100 years'],
    [`P${'9'.repeat(400)}D`, 'longer than 100 years'],
  ])('refuses %j with the reason', (text, reason) => {
    expect(() => parseDuration(text)).toThrow(reason);
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DURATION_MAX }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});
