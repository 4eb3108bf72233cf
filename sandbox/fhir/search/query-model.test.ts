import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStockedStore, type StockedStore } from './stocked-store.ts';

const FAMILIES = ['Smith', 'smithson', 'Öz', 'O’Neill', 'de la Cruz', 'Smith, Jr', 'a|b'];
const GIVENS = ['Ann', 'ÁNN', 'Anneke', 'Bo'];
const GENDERS = ['male', 'female', 'unknown'];
const DATES = ['1980', '1980-02', '1980-02-29', '1981-01-01', '1979-12-31'];
const VALUES = ['1', '2', 'A1', 'a1'];
const SYSTEMS = ['http://a', 'http://b'];

interface Person {
  readonly name?: { readonly family: string; readonly given: readonly string[] };
  readonly gender?: string;
  readonly birthDate?: string;
  readonly active?: boolean;
  readonly identifier: readonly { readonly system?: string; readonly value: string }[];
}

const from = (values: readonly string[]) => fc.constantFrom(...values);
const person = fc.record(
  {
    name: fc.record({ family: from(FAMILIES), given: fc.array(from(GIVENS), { maxLength: 2 }) }),
    gender: from(GENDERS),
    birthDate: from(DATES),
    active: fc.boolean(),
    identifier: fc.array(fc.record({ system: from(SYSTEMS), value: from(VALUES) }, { requiredKeys: ['value'] }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['identifier'] },
);

/** A parameter as it is sent, and what it means, written without looking at the index. */
interface Criterion {
  readonly query: [string, string];
  readonly test: (person: Person) => boolean;
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');

const names = fc
  .tuple(
    fc.constantFrom('family', 'given', 'name'),
    fc.constantFrom('', ':exact', ':contains'),
    fc.oneof(from(FAMILIES), from(GIVENS), from(['s', 'AN', 'n', 'oz'])),
  )
  .map(([field, modifier, text]): Criterion => {
    const compare = (value: string): boolean =>
      modifier === ':exact'
        ? value === text
        : modifier === ':contains'
          ? fold(value).includes(fold(text))
          : fold(value).startsWith(fold(text));
    return {
      query: [`${field}${modifier}`, escaped(text)],
      test: ({ name }) =>
        name !== undefined &&
        [...(field === 'given' ? [] : [name.family]), ...(field === 'family' ? [] : name.given)].some(compare),
    };
  });

const genders = fc.tuple(fc.uniqueArray(from(GENDERS), { minLength: 1 }), fc.boolean()).map(
  ([wanted, not]): Criterion => ({
    query: [not ? 'gender:not' : 'gender', wanted.join(',')],
    test: ({ gender }) => (gender !== undefined && wanted.includes(gender)) !== not,
  }),
);

const identifiers = fc.tuple(fc.constantFrom(undefined, '', ...SYSTEMS), from(VALUES)).map(
  ([system, value]): Criterion => ({
    query: ['identifier', system === undefined ? value : `${system}|${value}`],
    test: ({ identifier }) =>
      identifier.some(
        (each) => fold(each.value) === fold(value) && (system === undefined || (each.system ?? '') === system),
      ),
  }),
);

const span = (date: string): readonly [number, number] => {
  const [year = 0, month, day] = date.split('-').map(Number);
  if (month === undefined) return [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  return day === undefined
    ? [Date.UTC(year, month - 1), Date.UTC(year, month)]
    : [Date.UTC(year, month - 1, day), Date.UTC(year, month - 1, day + 1)];
};

const COMPARISONS: Readonly<Record<string, (lo: number, hi: number, from: number, to: number) => boolean>> = {
  '': (lo, hi, start, end) => start <= lo && hi <= end,
  ne: (lo, hi, start, end) => !(start <= lo && hi <= end),
  gt: (_, hi, __, end) => hi > end,
  lt: (lo, _, start) => lo < start,
  ge: (lo, hi, start, end) => hi > end || (start <= lo && hi <= end),
  le: (lo, hi, start, end) => lo < start || (start <= lo && hi <= end),
  sa: (lo, _, __, end) => lo >= end,
  eb: (_, hi, start) => hi <= start,
};

const births = fc.tuple(from(Object.keys(COMPARISONS)), from(DATES)).map(
  ([prefix, date]): Criterion => ({
    query: ['birthdate', `${prefix}${date}`],
    test: ({ birthDate }) =>
      birthDate !== undefined && COMPARISONS[prefix]?.(...span(birthDate), ...span(date)) === true,
  }),
);

const presences = fc.tuple(fc.constantFrom('gender', 'birthDate', 'active', 'name'), fc.boolean()).map(
  ([field, missing]): Criterion => ({
    query: [`${field.toLowerCase()}:missing`, String(missing)],
    test: (each) => (each[field as keyof Person] === undefined) === missing,
  }),
);

const pages = async (store: StockedStore, query: URLSearchParams, small: number): Promise<readonly string[]> => {
  const found: string[] = [];
  for (let next: string | undefined = query.toString(); next !== undefined; ) {
    const page: Awaited<ReturnType<StockedStore['search']>> = await store.search('Patient', next, {}, small);
    found.push(...page.matches.map(({ id }) => id));
    next = page.next;
  }
  return found;
};

const least = (values: readonly string[]): string => [...values].map(fold).sort()[0] ?? '\u{10FFFF}';

describe('a search over generated people', () => {
  it('finds, over all its pages, exactly those that a filter in memory finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 25 }),
        fc.array(fc.array(fc.oneof(names, genders, identifiers, births, presences), { minLength: 1, maxLength: 3 }), {
          minLength: 8,
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 4 }),
        // Nothing is small, little is, everything is: the three ways to read a set give the same.
        fc.constantFrom(0, 3, 1000),
        async (people, searches, count, small) => {
          const store = await openStockedStore();
          await store.put(
            ...people.map((each, index) => ({
              resourceType: 'Patient',
              id: `p${index}`,
              ...each,
              name: each.name === undefined ? undefined : [each.name],
            })),
          );
          for (const criteria of searches) {
            const query = new URLSearchParams([...criteria.map(({ query }) => query), ['_count', String(count)]]);
            const wanted = people.flatMap((each, index) =>
              criteria.every(({ test }) => test(each))
                ? [{ id: `p${index}`, key: least(each.name === undefined ? [] : [each.name.family]) }]
                : [],
            );
            expect(await pages(store, query, small), query.toString()).toEqual(wanted.map(({ id }) => id));
            const byFamily = wanted.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
            expect(await pages(store, new URLSearchParams([...query, ['_sort', 'family']]), small)).toEqual(
              byFamily.map(({ id }) => id),
            );
          }
          await store.sql.close();
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
