import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import { mobile } from './contact-points.ts';
import { FAMILY, FEMALE, MALE } from './names.ts';
import type { PersonFacts } from './patient.ts';
import type { Random } from './random.ts';
import { RELATIONSHIP_CODES } from './systems.ts';

const RELATIONSHIPS: readonly [Relationship, ...Relationship[]] = [
  { code: 'GUARD', display: 'guardian' },
  { code: 'SPS', display: 'spouse' },
  { code: 'PRN', display: 'parent' },
  { code: 'CHILD', display: 'child' },
  { code: 'SIB', display: 'sibling' },
  { code: 'FRND', display: 'unrelated friend' },
];
interface Relationship {
  readonly code: string;
  readonly display: string;
}

/** People to be reached about a patient. They refer to the patient both by id and, where there is one, by NHS number. */
export const relatedPersons = (random: Random, of: PersonFacts, count: number): fhir4.RelatedPerson[] =>
  Array.from({ length: count }, () => ({
    resourceType: 'RelatedPerson',
    id: random.itemId(),
    active: true,
    patient: {
      reference: `Patient/${of.id}`,
      type: 'Patient',
      ...(of.nhsNumber === undefined ? {} : { identifier: { system: NHS_NUMBER_SYSTEM, value: of.nhsNumber } }),
    },
    relationship: [{ coding: [{ system: RELATIONSHIP_CODES, ...random.pick(RELATIONSHIPS) }] }],
    name: [
      {
        use: 'usual',
        family: random.chance(0.6) ? (of.names?.[0]?.family ?? random.pick(FAMILY)) : random.pick(FAMILY),
        given: [random.pick(random.chance(0.5) ? FEMALE : MALE)],
      },
    ],
    telecom: [{ system: 'phone', value: mobile(random), use: 'mobile' }],
  }));
