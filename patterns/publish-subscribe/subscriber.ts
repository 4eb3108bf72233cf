import { requireText } from '../../sandbox/act-values.ts';
import type { Act } from '../../sandbox/pattern.ts';
import { correctRecord } from './publishing.ts';
import { checkStatus, recover } from './recovering.ts';
import { askAnew, chosen, criteriaSubscription, subscribe, topicSubscription, unsubscribe } from './subscribing.ts';
import { TOPICS, topicOf } from './topics.ts';

const FHIR = ['fhir-r4'];
const one = { type: 'string', maxLength: 80, title: 'Subscription', example: 'the newest, unless told' };
const onlyOne = { type: 'object', properties: { subscription: one }, additionalProperties: false };

const text = (input: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  typeof input[name] === 'string' && input[name] !== '' ? input[name] : undefined;

/** What both subscribers can be told to do where FHIR is spoken. */
export const subscriberActs: Readonly<Record<string, Act>> = {
  subscribe: {
    title: 'Subscribe to a topic',
    summary: 'Asks for events of a topic (R5 backport): a handshake, event numbers and heartbeats come with it',
    dialects: FHIR,
    input: {
      type: 'object',
      properties: {
        topic: { type: 'string', enum: TOPICS.map(({ url }) => url), title: 'Topic', default: TOPICS[0]?.url },
        filter: { type: 'string', maxLength: 500, title: 'Filter', example: 'Patient?address-postalcode=LS1' },
        content: { type: 'string', enum: ['empty', 'id-only', 'full-resource'], title: 'Content', default: 'id-only' },
        heartbeat: { type: 'integer', minimum: 0, maximum: 86400, title: 'Seconds between heartbeats', default: 60 },
        maxCount: { type: 'integer', minimum: 1, maximum: 100, title: 'Events in one notification', default: 1 },
        byQueue: { type: 'boolean', title: 'By a queue in place of an address (ours)', default: false },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const topic = text(input, 'topic') ?? TOPICS[0]?.url ?? '';
      const filter = text(input, 'filter');
      const heartbeat = typeof input.heartbeat === 'number' ? input.heartbeat : 60;
      const several = typeof input.maxCount === 'number' && input.maxCount > 1 ? { maxCount: input.maxCount } : {};
      const wish = { topic, content: text(input, 'content') ?? 'id-only', heartbeat, ...several };
      const wants = filter ?? topicOf(topic)?.title ?? topic;
      const resourceFor = (endpoint: string) =>
        topicSubscription(endpoint, filter === undefined ? wish : { ...wish, filter });
      return subscribe(ctx, { wants, period: heartbeat }, resourceFor, input.byQueue === true);
    },
  },
  'subscribe-by-criteria': {
    title: 'Subscribe by criteria',
    summary: 'Asks to be told when a record matches a search (R4 as it stands): no handshake, no numbers',
    dialects: FHIR,
    input: {
      type: 'object',
      properties: {
        criteria: { type: 'string', maxLength: 500, title: 'Criteria', default: 'Patient?deceased=true' },
        record: { type: 'boolean', title: 'With the record', default: true },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const criteria = text(input, 'criteria') ?? 'Patient?deceased=true';
      return subscribe(ctx, { wants: criteria, period: 0 }, (endpoint) =>
        criteriaSubscription(endpoint, criteria, input.record !== false),
      );
    },
  },
  unsubscribe: {
    title: 'Unsubscribe',
    summary: 'Ends a subscription; what is on its way may still come',
    dialects: FHIR,
    input: onlyOne,
    run: async (input, ctx) => unsubscribe(ctx, await chosen(ctx, input)),
  },
  'ask-anew': {
    title: 'Ask for a subscription anew',
    summary:
      'Out of error, which the broker does not leave by itself: it is requested again, and the handshake repeated',
    dialects: FHIR,
    input: onlyOne,
    run: async (input, ctx) => askAnew(ctx, await chosen(ctx, input)),
  },
  'check-status': {
    title: 'Ask how a subscription stands',
    summary: 'The $status operation: active or in error, and how many events there have been',
    dialects: FHIR,
    input: onlyOne,
    run: async (input, ctx) => checkStatus(ctx, await chosen(ctx, input)),
  },
  recover: {
    title: 'Recover missed events',
    summary: 'The $events operation: events whose numbers never came',
    dialects: FHIR,
    input: onlyOne,
    run: async (input, ctx) => recover(ctx, await chosen(ctx, input)),
  },
  'correct-record': {
    title: 'Correct a record yourself',
    summary: 'Changes an address as its own source, so that its own echo comes back to it',
    dialects: FHIR,
    input: {
      type: 'object',
      required: ['patient'],
      properties: { patient: { type: 'string', title: 'NHS number', default: '9000000009' } },
      additionalProperties: false,
    },
    run: async (input, ctx) => correctRecord(ctx, requireText(input, 'patient')),
  },
};
