import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import { notDeliveredList } from './not-delivered-list.ts';
import { recipientActs } from './recipient.ts';
import { keptActs } from './sent-acts.ts';
import { pushStore } from './tables.ts';

/**
 * Information push: to a recipient that is known, through an exchange that does not give up for five days. Here is what it has
 * however it is spoken; `dialects/` has the ways in which a message goes.
 */
export const app: PatternApp = {
  handlers: {},
  acts: { sender: keptActs, recipient: recipientActs },
  worklists: { sender: notDeliveredList },
  stores: [resourceStore, pushStore],
  examples: async () => knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
};
