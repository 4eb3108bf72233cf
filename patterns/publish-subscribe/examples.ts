import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';

/** People whose records can be changed. */
export const peopleToChange = (): readonly Example[] =>
  knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note }));
