import { describe, expect, it } from 'vitest';
import { laneWidth, wayOf } from './lanes.ts';

describe('the lanes of the live sequence', () => {
  it('leave room for what was sent, however many there are', () => {
    const time = 74;
    const least = 130 + 60;
    const pane = 576;
    for (const count of [2, 3, 4, 5, 6])
      expect(time + count * laneWidth(count).width + least).toBeLessThanOrEqual(pane);
  });

  it('are as wide as they may be while they are few', () => {
    expect([1, 3, 4, 5, 9].map((count) => laneWidth(count).width)).toEqual([78, 78, 66, 60, 48]);
  });
});

describe('the way that something went', () => {
  it.each([
    ['http', 'http', ''],
    ['message', 'queue', 'queue'],
    ['mllp', 'mllp', 'MLLP'],
    ['timer', 'http', ''],
  ] as const)('of %s has a style of arrow, and a word where it is not HTTP', (kind, id, word) => {
    expect(wayOf({ kind })).toEqual({ id, word });
  });
});
