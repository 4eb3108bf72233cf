import { describe, expect, it } from 'vitest';
import { person } from './person.test-data.ts';
import { parseSearch } from './query.ts';
import { openStockedStore } from './stocked-store.ts';

describe('a page', () => {
  it.each(['', '_sort=family', '_sort=-birthdate'])(
    'goes on where the last one ended, whatever was added meanwhile (%s)',
    async (sort) => {
      const store = await openStockedStore();
      await store.put(...Array.from({ length: 30 }, (_, index) => person(index)));
      const first = await store.search('Patient', `_count=10&${sort}`);
      await store.put(...Array.from({ length: 30 }, (_, index) => person(100 + index)));
      const seen = first.matches.map(({ id }) => id);
      for (let { next } = first; next !== undefined; ) {
        const page = await store.search('Patient', next);
        seen.push(...page.matches.map(({ id }) => id));
        next = page.next;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => id < 'p0100').sort()).toEqual(
        Array.from({ length: 30 }, (_, index) => person(index).id),
      );
      await store.sql.close();
    },
  );

  it('of another sort does not take the cursor', async () => {
    const store = await openStockedStore();
    await store.put(person(1), person(2));
    const { next = '' } = await store.search('Patient', '_count=1&_sort=family');
    const cursor = new URLSearchParams(next).get('_cursor');
    expect(() => parseSearch('Patient', new URLSearchParams(`_sort=birthdate&_cursor=${cursor}`))).toThrow(/gave out/);
    await store.sql.close();
  });
});
