import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { pointerStore } from '../../sandbox/pointers/tables.ts';
import { accessActs } from './access-acts.ts';
import { peopleToFind } from './examples.ts';
import { producerActs } from './producer.ts';
import { changingActs } from './producer-changes.ts';
import { requesterActs } from './requester.ts';
import { seedDocuments } from './seed.ts';
import { reconcile } from './settle.ts';
import { documentStore } from './tables.ts';

const repositoryActs = { ...producerActs, ...changingActs, ...accessActs };

/**
 * Registry/repository: pointers in one place, documents where they were made, and a requester that puts both together. Here is
 * what it has however it is spoken; what answers at the registry and at repositories is in `dialects/`.
 */
export const app: PatternApp = {
  handlers: {},
  timers: { reconcile },
  acts: { requester: requesterActs, repository: repositoryActs, 'other-repository': repositoryActs },
  stores: [resourceStore, pointerStore, documentStore],
  seed: seedDocuments,
  examples: peopleToFind,
};
