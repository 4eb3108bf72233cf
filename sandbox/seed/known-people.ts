import { KNOWN_FACTS, KNOWN_RELATED } from './known-facts.ts';
import { type PersonFacts, patientOf } from './patient.ts';
import type { Person } from './people.ts';
import { createRandom, mix } from './random.ts';
import { relatedPersons } from './related.ts';

/**
 * The people that every sandbox has, whatever its seed: those whose NHS numbers the public PDS sandbox made well known (the
 * number and what it stands for are theirs, the details ours), and one for each special case.
 */
export interface KnownPerson extends Person {
  /** What the person is good for. */
  readonly title: string;
  readonly note: string;
  /** Earlier versions of the record, oldest first, so that it begins with a history. */
  readonly before: readonly fhir4.Patient[];
}

const earlier = (facts: PersonFacts): fhir4.Patient[] => {
  // PDS documents W/"2" for its plain example; the first version was without an e-mail address.
  const { telecoms, ...rest } = facts;
  return [patientOf({ ...rest, telecoms: (telecoms ?? []).filter((one) => one.system !== 'email') })];
};

export const knownPeople = (): readonly KnownPerson[] =>
  KNOWN_FACTS.map(({ title, note, revised, ...facts }) => ({
    title,
    note,
    patient: patientOf(facts),
    before: revised === true ? earlier(facts) : [],
    related: relatedPersons(createRandom(mix(Number(facts.id) % 0xffff_ffff)), facts, KNOWN_RELATED[facts.id] ?? 0),
  }));
