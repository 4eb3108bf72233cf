import { describe, expect, it } from 'vitest';
import { createFairShare } from './fair-share.ts';

const NONE: ReadonlySet<number> = new Set();

describe('the share of the broker that a sandbox has', () => {
  it('is the same for all that were served alike, and another for one alone', () => {
    const fair = createFairShare(256);
    expect(fair.shares([1], new Set([1]), 0)).toEqual(new Map([[1, 256]]));
    fair.count(1, 300, 0);
    fair.count(2, 200, 0);
    expect(fair.shares([1, 2], NONE, 0)).toEqual(
      new Map([
        [1, 64],
        [2, 64],
      ]),
    );
  });

  it('is a sixteenth for one that was served much more, until that is a while ago', () => {
    const fair = createFairShare();
    fair.count(1, 10_000, 0);
    expect(fair.shares([1, 2], NONE, 0).get(1)).toBe(4);
    expect(fair.shares([1, 2], NONE, 60_000).get(1)).toBe(64);
  });

  it('is a sixteenth for one with a deep queue beside one without, whoever was served more', () => {
    const fair = createFairShare();
    fair.count(2, 10_000, 0);
    expect(fair.shares([1, 2], new Set([1]), 0)).toEqual(
      new Map([
        [1, 4],
        [2, 64],
      ]),
    );
    expect(fair.shares([1, 2], new Set([1, 2]), 0)).toEqual(
      new Map([
        [1, 64],
        [2, 4],
      ]),
    );
  });

  it('is one for sixteen of the others where it is less, and 200 a second whatever they do', () => {
    const fair = createFairShare();
    fair.keep(0, 0);
    expect(fair.left(15, 0)).toBeLessThan(1);
    expect(fair.left(32, 0)).toBe(2);
    expect(fair.left(0, 50)).toBe(10);
    fair.keep(2, 50);
    expect(fair.left(16, 50)).toBe(3);
    expect(fair.left(0, 60_000)).toBe(64);
  });
});
