import { identifierStore } from '../../sandbox/fhir/business-identifiers.ts';
import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { contributorActs } from './contributor.ts';
import { rulesFor } from './guard.ts';
import { availability, takeAvailability, tell } from './heard.ts';
import { openLaunch, prepareLaunch } from './launch.ts';
import { readerActs } from './reader.ts';
import { listContributions, listPermissions, repositoryActs } from './repository.ts';
import { seedOrganisations } from './seed.ts';
import {
  createAvailabilitySubscription,
  deleteAvailabilitySubscription,
  listAvailabilitySubscriptions,
} from './subscriptions.ts';
import { sharedStore } from './tables.ts';

const { 'read-record': readRecord } = contributorActs;

/**
 * Shared repository: several organisations write to and read from one store, each change against the version it was based on.
 * Here is what it has however it is spoken; how records are written and read is in `dialects/`.
 */
export const app: PatternApp = {
  handlers: {
    listContributions,
    listPermissions,
    createAvailabilitySubscription,
    listAvailabilitySubscriptions,
    deleteAvailabilitySubscription,
    takeAvailability,
    prepareLaunch,
    openLaunch,
  },
  context: rulesFor,
  consumers: { tell, availability },
  acts: {
    contributor: { ...contributorActs, ...readerActs },
    'other-contributor': { ...contributorActs, ...readerActs },
    repository: repositoryActs,
    requester: { ...(readRecord === undefined ? {} : { 'read-record': readRecord }), ...readerActs },
  },
  entrances: [
    {
      participant: 'repository',
      path: '/launch',
      note: 'Contextual launch: your own system posts {"record": "…"} here and opens the address that it gets, in the user’s browser. The parameters are named as in SMART App Launch (iss, launch); the rest is ours.',
    },
  ],
  stores: [resourceStore, identifierStore, sharedStore],
  seed: seedOrganisations,
};
