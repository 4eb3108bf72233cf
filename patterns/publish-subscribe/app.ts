import { resourceStore } from '../../sandbox/fhir/compose.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/people-and-diaries.ts';
import { brokerActs } from './broker.ts';
import { process } from './fetching.ts';
import { publisherActs, publisherTimers } from './publisher.ts';
import { receivedActs } from './received-acts.ts';
import { newsStore } from './tables.ts';
import { ways } from './ways.ts';

/**
 * Publish/subscribe: a broker watches records, or takes events, and tells whoever has subscribed to news of that kind. Here is
 * what it has however it is spoken; how one subscribes and is told is in `dialects/`.
 */
export const app: PatternApp = {
  handlers: {},
  consumers: { process },
  timers: publisherTimers,
  acts: {
    publisher: publisherActs,
    broker: brokerActs,
    subscriber: receivedActs,
    'other-subscriber': receivedActs,
  },
  stores: [resourceStore, newsStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === ways.in(ctx).source) await seedPeopleAndDiaries(ctx, options);
  },
};
