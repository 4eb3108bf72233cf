import { describe, expect, it } from 'vitest';
import type { Queue } from '../data/sandbox-types.ts';
import { describeDepth, firstState } from './queue-words.ts';

const NONE = { ready: 0, 'in-flight': 0, waiting: 0, following: 0, held: 0, dead: 0 };
const queue = (depth: Partial<Queue['depth']>, more: Partial<Queue> = {}): Queue => ({
  name: 'p.c',
  consumer: 'c',
  participant: 'provider',
  depth: { ...NONE, ...depth },
  ...more,
});

describe('a queue in words', () => {
  it.each([
    [queue({}), 'empty'],
    [queue({ dead: 1, ready: 2 }), '1 dead letter, 2 ready'],
    [queue({ ready: 10_000 }, { more: true }), 'at least 10000 ready'],
    [
      queue({ waiting: 3 }, { nextDue: '2026-11-22T10:00:00.000Z' }),
      '3 waiting for their time; the next falls due 2026-11-22 10:00:00 UTC',
    ],
  ])('says how full it is: %#', (given, words) => {
    expect(describeDepth(given)).toBe(words);
  });

  it('is first looked at where something is wrong', () => {
    expect(firstState(queue({ ready: 5, held: 1 }))).toBe('held');
    expect(firstState(queue({}))).toBe('dead');
  });
});
