import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';
import { firstOrganisations } from './organisations.ts';
import { PLAIN, type SharedWays } from './ways.ts';

/** A record to change, people, and who is who, where these ways are gone. */
export const examplesFor = (own: Partial<SharedWays>) => async (): Promise<readonly Example[]> => {
  const { exampleRecord, ofSchool, ofCouncil } = { ...PLAIN, ...own };
  return [
    {
      title: 'A record that both contributors know',
      value: exampleRecord,
      note: 'Read it as one, change it as the other',
    },
    ...knownPeople()
      .slice(0, 3)
      .map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
    ...firstOrganisations({ ofSchool, ofCouncil }).map(({ id, title, permissions }) => ({
      title,
      value: id,
      note: permissions.length === 0 ? 'May do nothing yet' : `May do ${permissions.join(', ')}`,
    })),
  ];
};
