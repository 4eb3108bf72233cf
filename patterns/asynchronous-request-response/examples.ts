import { EXAMPLE_SLOTS } from '../../sandbox/seed/diary.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';
import { mailboxExamples } from './mesh-mailboxes.ts';

/** Ids worth trying. */
export const examplesOf = async (dialect: string): Promise<readonly Example[]> => [
  ...(dialect === 'mesh' ? mailboxExamples() : []),
  ...knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
  ...(dialect === 'mesh' ? [] : EXAMPLE_SLOTS).map((value) => ({
    title: 'A free Slot',
    value,
    note: 'Until somebody books it',
  })),
];
