import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';
import { mailboxExamples } from './mns-mailboxes.ts';
import { TOPICS } from './topics.ts';

/** People whose records can be changed, and topics that can be subscribed to. */
export const examplesOf = async (dialect: string): Promise<readonly Example[]> => [
  ...knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
  ...(dialect === 'mns'
    ? mailboxExamples()
    : TOPICS.map(({ url, title }) => ({ title: 'A topic', value: url, note: title }))),
];
