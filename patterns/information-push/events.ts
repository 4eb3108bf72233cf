import type { FhirResource } from '../../sandbox/fhir/stored.ts';

/** What is pushed here: workflows that sender and recipient have agreed on. */
export const EVENTS = {
  'discharge-notification': { title: 'A patient was discharged', trigger: 'A03' },
  'admission-notification': { title: 'A patient was admitted', trigger: 'A01' },
  'document-notification': { title: 'A document about a patient', trigger: undefined },
} as const;
export type Event = keyof typeof EVENTS;

export const isEvent = (code: unknown): code is Event => typeof code === 'string' && Object.hasOwn(EVENTS, code);

/** From the exchange to a sender, about a message that did not get through. */
export const REPORT = 'non-delivery-report';

const SYSTEM = 'urn:fingerpost:message-events';
export const eventCoding = (code: Event | typeof REPORT) => ({ system: SYSTEM, code });

/**
 * Message handling as ITK3 has it, an extension of the MessageHeader: what is not asked for is not done, and there are no
 * defaults (ITK3 Messaging Distribution).
 */
const HANDLING = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-ITK-MessageHandling-2';
export type Handling = 'InfAckRequested' | 'BusAckRequested';

export const handling = (asked: readonly Handling[]) =>
  asked.length === 0
    ? {}
    : { extension: [{ url: HANDLING, extension: asked.map((url) => ({ url, valueBoolean: true })) }] };

const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];

export const asksFor = (header: FhirResource, what: Handling): boolean =>
  list(header.extension)
    .filter(({ url }) => url === HANDLING)
    .flatMap(({ extension }) => list(extension))
    .some(({ url, valueBoolean }) => url === what && valueBoolean === true);

/** An infrastructure acknowledgement is of the workflow that it acknowledges, with this behind its name (PSH-11). */
export const ACK = '-ack';
