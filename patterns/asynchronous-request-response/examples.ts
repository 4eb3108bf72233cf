import { EXAMPLE_SLOTS } from '../../sandbox/seed/diary.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';

/** People who can be referred. */
export const peopleToRefer = (): readonly Example[] =>
  knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note }));

export const slotsToBook = (): readonly Example[] =>
  EXAMPLE_SLOTS.map((value) => ({ title: 'A free Slot', value, note: 'Until somebody books it' }));
