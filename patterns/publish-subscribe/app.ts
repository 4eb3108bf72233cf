import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { mailboxTimers } from '../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../sandbox/mailboxes/timers.ts';
import type { Handler, PatternApp } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/write.ts';
import { brokerActs } from './broker.ts';
import { discreetly, withTopics } from './discretion.ts';
import { examplesOf } from './examples.ts';
import { process, sourceName } from './fetching.ts';
import { brokerTimers } from './heartbeat.ts';
import { mllp } from './hl7-broker.ts';
import { hl7Acts } from './hl7-publisher.ts';
import { collect } from './mns-collect.ts';
import { mnsTimers, publishEvent } from './mns-events.ts';
import { looksIntoMailbox } from './mns-mail.ts';
import { seedMailboxes } from './mns-mailboxes.ts';
import { deleteFromQueue, receiveFromQueue } from './mns-queue.ts';
import { mnsSubscriberActs } from './mns-subscriber.ts';
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  readSubscription,
  updateSubscription,
} from './mns-subscriptions.ts';
import { notify } from './notify.ts';
import { publisherActs, publisherTimers } from './publisher.ts';
import { subscriberTimers } from './recovering.ts';
import { afterWrite, beforeWrite } from './rules.ts';
import { subscriptionEvents, subscriptionStatus, subscriptionsStatus } from './status-operations.ts';
import { streams, subscriptionSocket, subscriptionStream } from './stream.ts';
import { subscriberActs } from './subscriber.ts';
import { newsStore } from './tables.ts';
import { takeNotification, takeRecord } from './take.ts';

const endpoint = fhir({ beforeWrite, afterWrite });
const { capabilities, readResource } = endpoint.handlers;
const details: Readonly<Record<string, Handler>> =
  readResource === undefined
    ? {}
    : { readPatient: (call, ctx) => readResource({ ...call, params: { ...call.params, type: 'Patient' } }, ctx) };
const listed: Readonly<Record<string, Handler>> =
  capabilities === undefined ? {} : { capabilities: withTopics(capabilities) };

/** Publish/subscribe: a broker watches records, or takes events, and tells whoever has subscribed to news of that kind. */
export const app: PatternApp = {
  handlers: {
    ...discreetly({
      ...endpoint.handlers,
      ...listed,
      subscriptionStatus,
      subscriptionStatusPost: subscriptionStatus,
      subscriptionsStatus,
      subscriptionsStatusPost: subscriptionsStatus,
      subscriptionEvents,
      subscriptionEventsPost: subscriptionEvents,
      subscriptionStream,
      subscriptionSocket,
    }),
    takeNotification,
    takeRecord,
    publishEvent,
    createSubscription,
    readSubscription,
    listSubscriptions,
    updateSubscription,
    deleteSubscription,
    receiveFromQueue,
    deleteFromQueue,
    ...details,
  },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, notify, process, collect },
  timers: {
    ...{ ...brokerTimers, ...mnsTimers, ...publisherTimers, ...subscriberTimers },
    ...mailboxTimers,
    [POLL]: looksIntoMailbox,
  },
  acts: {
    publisher: { ...publisherActs, ...hl7Acts },
    broker: brokerActs,
    subscriber: { ...subscriberActs, ...mnsSubscriberActs },
    'other-subscriber': { ...subscriberActs, ...mnsSubscriberActs },
  },
  streams: { broker: streams },
  stores: [...endpoint.stores, newsStore, mailboxStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === sourceName(ctx)) await seedPeopleAndDiaries(ctx, options);
    if (ctx.dialect.id === 'mns' && ctx.participant.name === 'broker') await seedMailboxes(ctx);
  },
  examples: examplesOf,
};
