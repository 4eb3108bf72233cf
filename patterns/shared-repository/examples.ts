import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';
import { firstOrganisations } from './organisations.ts';
import { exampleRecord } from './records.ts';

/** A record to change, people, and who is who. */
export const examplesOf = async (dialect: string): Promise<readonly Example[]> => [
  {
    title: 'A record that both contributors know',
    value: exampleRecord(dialect),
    note: 'Read it as one, change it as the other',
  },
  ...knownPeople()
    .slice(0, 3)
    .map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
  ...firstOrganisations(dialect).map(({ id, title, permissions }) => ({
    title,
    value: id,
    note: permissions.length === 0 ? 'May do nothing yet' : `May do ${permissions.join(', ')}`,
  })),
];
