import type { PatternPart } from '../../sandbox/pattern-part.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import { people } from '../../sandbox/seed/people.ts';
import type { Example, SeedOptions } from '../../sandbox/seed-options.ts';

const SHOWN = 3;
const CANDIDATES = 10;

/** Some of the generated people, who differ from seed to seed. */
const generated = ({ seed, people: count }: SeedOptions): Example[] =>
  [...people(seed, Math.min(count, CANDIDATES))]
    // A national record cannot name somebody who has no NHS number.
    .filter(({ patient }) => patient.identifier !== undefined)
    .slice(0, SHOWN)
    .map(({ patient }) => ({
      title: `${patient.name?.[0]?.given?.join(' ') ?? ''} ${patient.name?.[0]?.family ?? ''}`.trim(),
      value: patient.id ?? '',
      note: `Born ${patient.birthDate ?? 'on an unknown day'}`,
    }));

/** Ids worth trying, with those that are of a dialect alone. */
export const peopleToAskAbout =
  (own: readonly Example[]): NonNullable<PatternPart['examples']> =>
  async (_dialect, options) => {
    const known = knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note }));
    const nobody = { title: 'A valid NHS number that nobody has', value: '9111231130', note: 'Answers 404' };
    return [...known, nobody, ...own, ...generated(options)];
  };
