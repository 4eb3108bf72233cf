import { expect, it } from 'vitest';
import { clockNow } from './clock-now.ts';
import { expiresIn } from './expires-in.ts';

it.each([
  ['2026-11-23T09:00:00Z', 'in 23 hours'],
  ['2026-11-24T11:00:00Z', 'in 2 days'],
  ['2026-11-23T09:59:55Z', 'in 24 hours'],
  ['2026-11-23T16:00:00Z', 'in 30 hours'],
  ['2026-11-22T11:30:00Z', 'in 90 minutes'],
  ['2026-11-22T10:59:55Z', 'in 60 minutes'],
  ['2026-11-22T10:00:20Z', 'in 0 minutes'],
  ['2026-11-22T08:00:00Z', '2 hours ago'],
])('%s, seen at ten on the 22nd, is %s', (instant, words) => {
  expect(expiresIn(instant, Date.parse('2026-11-22T10:00:00Z'))).toBe(words);
});

it.each([
  [1, '2026-11-22T10:00:05.000Z'],
  [60, '2026-11-22T10:05:00.000Z'],
  [0, '2026-11-22T10:00:00.000Z'],
])('a clock of speed %i, five seconds after it was read, shows %s', (speed, shown) => {
  expect(clockNow({ now: '2026-11-22T10:00:00Z', speed }, 1000, 6000).toISOString()).toBe(shown);
});
