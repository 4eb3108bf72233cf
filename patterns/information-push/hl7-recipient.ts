import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import type { Hl7Receiver } from '../../sandbox/hl7v2/receiver.ts';
import { type Kept, storeMessage } from '../../sandbox/hl7v2/store/store-message.ts';
import { STORED_TYPES } from '../../sandbox/hl7v2/store/types.ts';
import { toFhir } from '../../sandbox/hl7v2/to-fhir/to-fhir.ts';
import { receive } from './received.ts';

const EVENTS: Readonly<Record<string, string>> = { A01: 'admission-notification', A03: 'discharge-notification' };

const eventOf = (message: Hl7Message): string =>
  EVENTS[message.text('MSH-9.2')] ?? `${message.text('MSH-9.1')}^${message.text('MSH-9.2')}`;

/** What the message is most about: the visit, report or appointment, else the person. */
const ABOUT = [
  'Encounter',
  'DiagnosticReport',
  'ServiceRequest',
  'Appointment',
  'DocumentReference',
  'Immunization',
  'Patient',
];
const aboutOf = (kept: readonly Kept[]): string => {
  const found = ABOUT.map((type) => kept.find(({ reference }) => reference.startsWith(`${type}/`)));
  return found.find((one) => one !== undefined)?.reference ?? '';
};

/**
 * HL7 v2 over MLLP: becomes FHIR and is stored in the transaction that keeps the acknowledgement, so that it is stored before
 * it is acknowledged. A message that comes again is answered with the same bytes and changes nothing.
 */
export const hl7Receiver: Hl7Receiver = {
  types: STORED_TYPES,
  async receive(message, ctx) {
    if (message.text('PID-3.1') === '')
      throw new Hl7Error('PID-3 is empty: whom is it about?', { condition: 101, at: { segment: 'PID', field: 3 } });
    const made = toFhir(message);
    return {
      effect: async (tx) => {
        const event = eventOf(message);
        const kept = await storeMessage(forWriting(ctx, undefined, undefined), tx, message, made);
        await receive(ctx, tx, { message: message.text('MSH-10'), event, via: 'mllp', about: aboutOf(kept) });
      },
    };
  },
};
