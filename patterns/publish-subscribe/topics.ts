import type { Deed } from './events.ts';

/** What can be subscribed to in the R5 backport's manner: a kind of change, and by what it can be narrowed. */
export interface Topic {
  readonly url: string;
  readonly title: string;
  readonly type: string;
  readonly deeds: readonly Deed[];
  /** Search parameters of the type that may stand in a filter. */
  readonly filters: readonly string[];
}

/** Ours: a canonical URL names a topic, and need not lead anywhere. */
const TOPIC = 'https://integration.example/SubscriptionTopic/';
const ALL: readonly Deed[] = ['create', 'update', 'delete'];

export const TOPICS: readonly Topic[] = [
  {
    url: `${TOPIC}patient-change`,
    title: 'A person was registered, or their demographics changed',
    type: 'Patient',
    deeds: ALL,
    filters: ['_id', 'identifier', 'gender', 'birthdate', 'family', 'address-postalcode', 'deceased', 'organization'],
  },
  {
    url: `${TOPIC}encounter-change`,
    title: 'Somebody was admitted, moved or discharged',
    type: 'Encounter',
    deeds: ALL,
    filters: ['_id', 'patient', 'subject', 'status', 'class', 'service-provider'],
  },
  {
    url: `${TOPIC}document-change`,
    title: 'A document was filed, superseded or withdrawn',
    type: 'DocumentReference',
    deeds: ALL,
    filters: ['_id', 'patient', 'subject', 'status', 'type', 'category'],
  },
];

export const topicOf = (url: string): Topic | undefined => TOPICS.find((topic) => topic.url === url);
