import { expect, it } from 'vitest';
import { dayBegun } from './journal-days.ts';

it('names the day at the first line of each day of the sandbox, and at no other', () => {
  const lines = [
    '2026-11-28T23:59:59.999Z',
    '2026-11-29T00:00:00.000Z',
    '2026-11-29T12:00:00.000Z',
    '2026-12-04T09:00:00.000Z',
  ];
  const days = lines.map((_, index) =>
    dayBegun(
      lines.map((at) => ({ at })),
      index,
    ),
  );
  expect(days).toEqual(['28 Nov', '29 Nov', undefined, '4 Dec']);
});

it('knows no day beyond the last line', () => {
  expect(dayBegun([], 0)).toBeUndefined();
});
