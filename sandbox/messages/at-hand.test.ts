import { describe, expect, it } from 'vitest';
import { createAtHand } from './at-hand.ts';
import type { MessageRow } from './rows.ts';

const row = (id: string, bytes = 0): MessageRow => ({
  serial: 1,
  id,
  seq: 1,
  sandbox: 's',
  queue: 'p.c',
  sender: 'a',
  receiver: 'b',
  ordering: null,
  headers: '{}',
  content_type: null,
  body: new Uint8Array(bytes),
  claim: null,
  attempt: 1,
  spent: 0,
  at: 0,
  expires: null,
  fate: null,
});

describe('what a process has just put into its store', () => {
  it('is at hand as it was put there, for that attempt of that generation', () => {
    const atHand = createAtHand();
    const kept = row('m');
    atHand.keep(kept);
    expect(atHand.get('m', 1, 1)).toBe(kept);
    expect(atHand.get('m', 2, 1)).toBeUndefined();
    expect(atHand.get('m', 1, 2)).toBeUndefined();
    atHand.drop([kept]);
    expect(atHand.get('m', 1, 1)).toBeUndefined();
  });

  it('is forgotten where it is too much, the oldest first, and counts once however often it is kept', () => {
    const atHand = createAtHand(5_000);
    for (const id of ['a', 'a', 'b', 'a']) atHand.keep(row(id, 1_000));
    expect(['a', 'b'].filter((id) => atHand.get(id, 1, 1))).toEqual(['a', 'b']);
    atHand.keep(row('c', 1_000));
    expect(['a', 'b', 'c'].filter((id) => atHand.get(id, 1, 1))).toEqual(['a', 'c']);
    atHand.keep(row('large', 10_000));
    expect(['a', 'c', 'large'].filter((id) => atHand.get(id, 1, 1))).toEqual([]);
  });
});
