import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';

const draw = (count: number, ...words: (string | number | Uint8Array)[]): number[] => {
  const random = seededRandom(...words);
  return Array.from({ length: count }, () => random());
};

describe('seeded random numbers', () => {
  it('are the same for the same words, and lie in [0, 1)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (words) => {
        const numbers = draw(20, ...words);
        expect(draw(20, ...words)).toEqual(numbers);
        for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
      }),
    );
  });

  it('differ where the words differ, also in where one ends and the next begins', () => {
    expect(draw(1, 'ab', 'c')).not.toEqual(draw(1, 'a', 'bc'));
    expect(draw(1, Uint8Array.of(1))).not.toEqual(draw(1, Uint8Array.of(2)));
  });

  it('are spread evenly', () => {
    const tenths = new Array(10).fill(0);
    for (const number of draw(10_000, 'spread')) tenths[Math.floor(number * 10)] += 1;
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
