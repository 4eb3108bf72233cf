import { fhir } from '../../../sandbox/fhir/endpoint.ts';
import type { Handler } from '../../../sandbox/pattern.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { collect } from '../collect.ts';
import { discreetly, withTopics } from '../discretion.ts';
import { peopleToChange } from '../examples.ts';
import { brokerTimers } from '../heartbeat.ts';
import { mllp } from '../hl7-broker.ts';
import { hl7Acts } from '../hl7-publisher.ts';
import { notify } from '../notify.ts';
import { recordActs } from '../publisher-records.ts';
import { subscriberTimers } from '../recovering.ts';
import { afterWrite, beforeWrite } from '../rules.ts';
import { subscriptionEvents, subscriptionStatus, subscriptionsStatus } from '../status-operations.ts';
import { streams, subscriptionSocket, subscriptionStream } from '../stream.ts';
import { subscriberActs } from '../subscriber.ts';
import { takeNotification, takeRecord } from '../take.ts';
import { TOPICS } from '../topics.ts';

const endpoint = fhir({ beforeWrite, afterWrite });
const { capabilities } = endpoint.handlers;
const listed: Readonly<Record<string, Handler>> =
  capabilities === undefined ? {} : { capabilities: withTopics(capabilities) };

/** Subscriptions by criteria and by topic, notifications by every channel, and events that come in by HL7 v2. */
export const part: PatternPart = {
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
  },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, notify, collect },
  timers: { ...brokerTimers, ...subscriberTimers },
  acts: { publisher: { ...recordActs, ...hl7Acts }, subscriber: subscriberActs, 'other-subscriber': subscriberActs },
  streams: { broker: streams },
  examples: async () => [
    ...peopleToChange(),
    ...TOPICS.map(({ url, title }) => ({ title: 'A topic', value: url, note: title })),
  ],
};
