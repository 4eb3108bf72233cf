import { describe, expect, it } from 'vitest';
import { exchangeId } from './exchange-id.ts';

describe('the id of an exchange', () => {
  it('is a UUID of version 7 that begins with its time', () => {
    const id = exchangeId(1_700_000_000_000);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
  });

  it('sorts in the order of time, also within a millisecond', () => {
    const ids: string[] = [];
    for (let count = 0; count < 200; count += 1) {
      ids.push(exchangeId(Date.now()));
      const until = performance.now() + 0.002;
      while (performance.now() < until);
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
