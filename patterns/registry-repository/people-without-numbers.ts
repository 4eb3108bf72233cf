import type { Example } from '../../sandbox/seed-options.ts';
import type { Organisation } from './organisations.ts';
import { ADA, type SeededDocument } from './seeded.ts';
import { COUNCIL } from './ways.ts';

/** Invented numbers of a council's own: not every organisation that holds records has an ODS code. */
const COUNCIL_SYSTEM = 'https://integration.example/id/council';
/** Invented numbers of pupils: not everybody is known by an NHS number. */
const PUPIL_SYSTEM = 'https://integration.example/id/pupil';
/** One who is known to the council alone. */
const PUPIL = `${PUPIL_SYSTEM}|P-2041`;

/** By a number of its own. */
export const council: Organisation = { name: COUNCIL, identifier: { system: COUNCIL_SYSTEM, value: 'ASHCOMBE' } };

/** For registries that take any type of document about anybody. */
export const further: readonly SeededDocument[] = [
  {
    holder: 'repository',
    id: 'support-plan',
    person: ADA,
    kind: '2181441000000107',
    title: 'Personalised care and support plan',
    text: 'Wants to walk to the shops by herself again. A physiotherapist comes on Tuesdays.',
    structured: true,
  },
  {
    holder: 'other-repository',
    id: 'education-plan',
    person: PUPIL,
    kind: 'Education, health and care plan',
    title: 'Education, health and care plan',
    text: 'Needs a quiet room at midday, and somebody who signs.',
  },
];

export const pupilExamples = async (): Promise<readonly Example[]> => [
  { title: 'A pupil without NHS number', value: PUPIL, note: 'Known to a council, which has no ODS code' },
];
