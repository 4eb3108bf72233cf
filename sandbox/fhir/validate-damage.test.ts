import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateResource } from './validate.ts';

const PATIENT = {
  resourceType: 'Patient',
  id: 'a',
  meta: { versionId: '1', lastUpdated: '2026-01-01T00:00:00Z', tag: [{ system: 's', code: 'c' }] },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  contained: [{ resourceType: 'Organization', id: 'o', name: 'GP', telecom: [{ system: 'phone', value: '1' }] }],
  identifier: [
    { use: 'official', system: 's', value: 'v', period: { start: '2020-01-01', end: '2021' } },
    { value: 'w' },
  ],
  active: true,
  name: [{ use: 'official', family: 'Smith', given: ['Ann', 'Jo'], prefix: ['Ms'] }, { text: 'Ann' }],
  telecom: [{ system: 'email', value: 'a@b.c', rank: 1 }],
  gender: 'female',
  birthDate: '1980-02-29',
  address: [{ line: ['1 High St', 'Upper'], city: 'Leeds', postalCode: 'LS1 1AA' }],
  maritalStatus: { coding: [{ system: 's', code: 'm', userSelected: false }], text: 'Married' },
  contact: [{ relationship: [{ text: 'mother' }], name: { family: 'Smith' }, gender: 'female' }],
  communication: [{ language: { text: 'Welsh' }, preferred: true }],
  generalPractitioner: [{ reference: '#o', display: 'GP' }],
  managingOrganization: { reference: 'Organization/1', identifier: { system: 's', value: 'v' } },
  link: [{ other: { reference: 'Patient/b' }, type: 'seealso' }],
};

interface Place {
  readonly at: string;
  /** The same patient with another value there. */
  damaged(value: unknown): unknown;
  readonly value: unknown;
  readonly inList: boolean;
}

const placesIn = (
  value: unknown,
  at: string,
  inList: boolean,
  rebuild: (value: unknown) => unknown,
): readonly Place[] => {
  const here: Place = { at, value, inList, damaged: rebuild };
  if (Array.isArray(value)) {
    const inside = value.flatMap((each, index) =>
      placesIn(each, `${at}[${index}]`, true, (other) => rebuild(value.with(index, other))),
    );
    return [here, ...inside];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const inside = Object.entries(value).flatMap(([name, each]) =>
    name === 'resourceType'
      ? []
      : placesIn(each, `${at}.${name}`, false, (other) => rebuild({ ...value, [name]: other })),
  );
  return [here, ...inside];
};

const PLACES = placesIn(PATIENT, 'Patient', false, (value) => value).slice(1);

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

describe('a patient that is valid', () => {
  it('has no faults', () => {
    expect(validateResource(PATIENT)).toEqual([]);
    expect(PLACES.length).toBeGreaterThan(80);
  });

  it('is refused at the very place where a value of another kind is put', () => {
    const wrong = fc.constantFrom<unknown>(null, {}, [], '', 'x\u0000', Number.NaN, 1.5, true, [[]], { x: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), wrong, (place, value) => {
        const sameKind = kindOf(value) === kindOf(place.value);
        // A value of the right kind is wrong in itself, or inside: `{ x: 1 }`, `[[]]`.
        if (
          sameKind &&
          (typeof value === 'boolean' ||
            (typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(place.value)))
        )
          return;
        const places = validateResource(place.damaged(value)).map((fault) => fault.at ?? '');
        expect(places.length, `${place.at} = ${JSON.stringify(value)}`).toBeGreaterThan(0);
        const near = places.filter(
          (at) => at === place.at || at.startsWith(`${place.at}.`) || at.startsWith(`${place.at}[`),
        );
        expect(near.length, `${place.at} = ${JSON.stringify(value)}: ${places.join()}`).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('is refused where an element is added that is not of its type', () => {
    const objects = PLACES.filter(({ value }) => kindOf(value) === 'object');
    for (const { at, value, damaged } of objects) {
      const faults = validateResource(damaged({ ...(value as object), nonsense: 'x' }));
      expect(faults).toEqual([expect.objectContaining({ at: `${at}.nonsense` })]);
    }
  });

  it('is refused where a list is emptied or holds null', () => {
    for (const { at, damaged } of PLACES.filter(({ value }) => Array.isArray(value))) {
      expect(validateResource(damaged([])).map((fault) => fault.at)).toContain(at);
      expect(validateResource(damaged([null])).map((fault) => fault.at)).toContain(`${at}[0]`);
    }
  });
});
