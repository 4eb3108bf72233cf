import type { FhirResource } from '../../sandbox/fhir/stored.ts';

/** What a contributor wants to be different, as an intention: so it can be applied to what others made of the record meanwhile. */
export interface Change {
  /** Elements that get this value. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Lists that get one more entry. */
  readonly add: Readonly<Record<string, unknown>>;
}

export interface Clash {
  readonly element: string;
  readonly was: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const withEntry = (list: unknown, entry: unknown): readonly unknown[] => {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return entries.some((one) => same(one, entry)) ? entries : [...entries, entry];
};

/** The record with the change made to it. */
export const applied = (record: FhirResource, { set, add }: Change): FhirResource => ({
  ...record,
  ...set,
  ...Object.fromEntries(Object.entries(add).map(([element, entry]) => [element, withEntry(record[element], entry)])),
});

/** Elements that both changed, each to something else: those a person has to decide on. What was added to lists goes together. */
export const clashesOf = (base: FhirResource, theirs: FhirResource, { set }: Change): readonly Clash[] =>
  Object.entries(set).flatMap(([element, mine]) => {
    const [was, now] = [base[element], theirs[element]];
    return same(was, now) || same(now, mine) ? [] : [{ element, was, theirs: now, mine }];
  });
