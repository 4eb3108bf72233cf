import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { Handler, PatternApp } from '../../sandbox/pattern.ts';
import { pointerStore } from '../../sandbox/pointers/tables.ts';
import { accessActs } from './access-acts.ts';
import { examplesOf } from './examples.ts';
import { producerActs } from './producer.ts';
import { changingActs } from './producer-changes.ts';
import { registryHandlers } from './registry.ts';
import { repositoryHandlers, retrievalHandlers } from './repository.ts';
import { requesterActs } from './requester.ts';
import { seedDocuments } from './seed.ts';
import { reconcile } from './settle.ts';
import { documentStore } from './tables.ts';

/** One operation may mean another thing at the registry than at a repository: which it is, the participant says. */
const byParticipant =
  (name: string): Handler =>
  (call, ctx) => {
    const handler = (ctx.participant.name === 'registry' ? registryHandlers : repositoryHandlers)[name];
    if (handler === undefined) throw new Error(`${ctx.participant.name} offers no ${name}`);
    return handler(call, ctx);
  };

const names = new Set([...Object.keys(registryHandlers), ...Object.keys(repositoryHandlers)]);
const repositoryActs = { ...producerActs, ...changingActs, ...accessActs };

/** Registry/repository: pointers in one place, documents where they were made, and a requester that puts both together. */
export const app: PatternApp = {
  handlers: {
    ...Object.fromEntries([...names].map((name) => [name, byParticipant(name)])),
    ...retrievalHandlers,
  },
  timers: { reconcile },
  acts: { requester: requesterActs, repository: repositoryActs, 'other-repository': repositoryActs },
  stores: [resourceStore, pointerStore, documentStore],
  seed: seedDocuments,
  examples: examplesOf,
};
