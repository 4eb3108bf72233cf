import { describe, expect, it } from 'vitest';
import { validateResource } from '../fhir/validate.ts';
import { diaries } from './diary.ts';
import { knownPeople } from './known-people.ts';
import { people } from './people.ts';
import { organizations } from './practices.ts';

const faultsOf = (resources: Iterable<{ resourceType: string; id?: string | undefined }>): string[] => {
  const found: string[] = [];
  for (const resource of resources)
    for (const { severity, at, detail } of validateResource(resource))
      if (severity !== 'warning' && severity !== 'information')
        found.push(`${resource.resourceType}/${resource.id} ${at}: ${detail}`);
  return found;
};

describe('everything that is seeded is valid FHIR R4', () => {
  it('the well-known people, in each of their versions, and those related to them', () => {
    expect(faultsOf(knownPeople().flatMap(({ patient, before, related }) => [patient, ...before, ...related]))).toEqual(
      [],
    );
  });

  it.each([1, 2, 3_000_000_000])('generated people of seed %i', (seed) => {
    expect(faultsOf([...people(seed, 400)].flatMap(({ patient, related }) => [patient, ...related]))).toEqual([]);
  });

  it('practices and appointment books', () => {
    const books = diaries(1, Date.UTC(2026, 10, 22)).flatMap(({ practitioner, location, schedule, slots }) => [
      practitioner,
      location,
      schedule,
      ...slots,
    ]);
    expect(faultsOf([...organizations(), ...books])).toEqual([]);
  });
});
