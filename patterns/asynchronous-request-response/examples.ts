import { EXAMPLE_SLOTS } from '../../sandbox/seed/diary.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';

/** Ids worth trying. */
export const examplesOf = async (): Promise<readonly Example[]> => [
  ...knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
  ...EXAMPLE_SLOTS.map((value) => ({ title: 'A free Slot', value, note: 'Until somebody books it' })),
];
