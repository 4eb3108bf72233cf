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

const SYSTEM = 'https://integration.example/CodeSystem/message-events';
export const eventCoding = (code: Event | typeof REPORT) => ({ system: SYSTEM, code });

/** An infrastructure acknowledgement is of the workflow that it acknowledges, with this behind its name (PSH-11). */
export const ACK = '-ack';
