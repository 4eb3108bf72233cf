import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNhsNumbers, hasValidCheckDigit } from '../nhs-number.ts';
import { diaries, EXAMPLE_SLOTS, workingDays } from './diary.ts';
import { knownPeople } from './known-people.ts';
import { TOWNS } from './names.ts';
import { nhsNumbers } from './nhs-numbers.ts';
import { people } from './people.ts';
import { organizations } from './practices.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const NOW = Date.UTC(2026, 10, 20, 16, 30); // a Friday

describe('synthetic NHS numbers', () => {
  it('are valid, begin with 999, keep off the reserved thousand, and do not repeat', () => {
    const seen = new Set<string>();
    for (const number of nhsNumbers(7)) {
      if (seen.size === 20_000) break;
      expect(number).toMatch(/^999\d{7}$/);
      expect(number.startsWith('9990000')).toBe(false);
      expect(hasValidCheckDigit(number)).toBe(true);
      seen.add(number);
    }
    expect(seen.size).toBe(20_000);
  });

  it('come in another order from another seed', () => {
    expect(nhsNumbers(1).next().value).not.toBe(nhsNumbers(2).next().value);
  });

  it('run out rather than repeat', () => {
    const all = [...nhsNumbers(3)];
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(900_000);
  });
});

describe('synthetic people', () => {
  it('are the same for the same seed, and person n does not depend on how many are asked for', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const ten = [...people(seed, 10)];
        expect([...people(seed, 4)]).toEqual(ten.slice(0, 4));
      }),
      { numRuns: 20 },
    );
  });

  it('are a varied lot: accents, hyphens, apostrophes, several given names, dead, restricted, without a number', () => {
    const lot = [...people(42, 1_000)].map(({ patient }) => patient);
    const families = lot.map((patient) => patient.name?.[0]?.family ?? '');
    const share = (test: (patient: fhir4.Patient) => boolean) => lot.filter(test).length / lot.length;
    expect(families.some((family) => /[À-ž]/.test(family))).toBe(true);
    expect(families.some((family) => family.includes('-'))).toBe(true);
    expect(families.some((family) => family.includes("'"))).toBe(true);
    expect(share((patient) => (patient.name?.[0]?.given?.length ?? 0) > 1)).toBeGreaterThan(0.3);
    expect(share((patient) => patient.deceasedDateTime !== undefined)).toBeGreaterThan(0.02);
    expect(share((patient) => patient.meta?.security?.[0]?.code === 'R')).toBeGreaterThan(0);
    expect(share((patient) => patient.identifier === undefined)).toBeGreaterThan(0.005);
    expect(new Set(lot.map((patient) => patient.gender)).size).toBe(4);
  });

  it('could not be anybody: drama telephone numbers, reserved e-mail domains, postcodes in no postal area', () => {
    for (const { patient, related } of people(5, 500)) {
      for (const { system, value = '' } of [...(patient.telecom ?? []), ...related.flatMap((one) => one.telecom ?? [])])
        expect(value).toMatch(
          system === 'email' ? /^[a-z]+\.[a-z]+\d+@example\.(com|org)$/ : /^(07700900|01632960|02079460)\d{3}$/,
        );
      for (const { postalCode = '' } of patient.address ?? [])
        expect(postalCode).toMatch(/^ZZ(1|2|14|15|31|32) \d[A-Z]{2}$/);
    }
    expect(TOWNS.some(({ district }) => district === 'ZZ99')).toBe(false);
  });

  it('do not live backwards', () => {
    for (const { patient } of people(11, 1_000)) {
      const born = patient.birthDate ?? '';
      expect(born < '2026-01-01').toBe(true);
      if (patient.deceasedDateTime !== undefined) expect(patient.deceasedDateTime.slice(0, 10) >= born).toBe(true);
      for (const { period } of [...(patient.name ?? []), ...(patient.address ?? []), ...(patient.telecom ?? [])]) {
        expect((period?.start ?? '') >= born).toBe(true);
        if (period?.end !== undefined) expect(period.end >= (period.start ?? '')).toBe(true);
      }
    }
  });

  it('pass the real-patient guard, and so do the well-known ones', () => {
    for (const { patient, related } of [...people(9, 300), ...knownPeople()])
      for (const resource of [patient, ...related]) expect(findNhsNumbers(resource, false)).toEqual([]);
  });
});

describe('well-known people', () => {
  it('each have a number of their own, and the superseded one leads to one that is there', () => {
    const all = knownPeople();
    const ids = all.map(({ patient }) => patient.id);
    expect(new Set(ids).size).toBe(ids.length);
    const superseded = all.flatMap(({ patient }) => patient.link ?? []);
    expect(superseded).toHaveLength(1);
    expect(ids).toContain(superseded[0]?.other.reference?.replace('Patient/', ''));
  });
});

describe('appointment books', () => {
  it('cover the next five working days from tomorrow, in slots that do not overlap', () => {
    expect(workingDays(NOW, 5).map((day) => new Date(day).toISOString().slice(0, 10))).toEqual([
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
      '2026-11-26',
      '2026-11-27',
    ]);
    for (const { slots } of diaries(1, NOW)) {
      expect(slots).toHaveLength(60);
      for (const [index, slot] of slots.entries()) {
        const next = slots[index + 1];
        if (next !== undefined) expect(slot.end <= next.start).toBe(true);
      }
    }
  });

  it('have free and busy slots, and the examples are free whatever the seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const slots = diaries(seed, NOW).flatMap((diary) => diary.slots);
        expect(new Set(slots.map((slot) => slot.status))).toEqual(new Set(['free', 'busy']));
        for (const id of EXAMPLE_SLOTS) expect(slots.find((slot) => slot.id === id)?.status).toBe('free');
      }),
      { numRuns: 20 },
    );
  });

  it('belong to practices that exist', () => {
    const ids = new Set(organizations().map((one) => `Organization/${one.id}`));
    for (const { schedule, location } of diaries(1, NOW)) {
      expect(ids).toContain(location.managingOrganization?.reference);
      expect(schedule.actor.map(({ reference }) => reference)).toContain(`Location/${location.id}`);
    }
  });
});
