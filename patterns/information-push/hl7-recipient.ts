import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import type { Kept } from '../../sandbox/hl7v2/store/store-message.ts';
import { storing } from '../../sandbox/hl7v2/store/storing.ts';
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

/** HL7 v2 over MLLP: becomes FHIR, and is listed as received. */
export const hl7Receiver = storing({
  writing: (ctx) => forWriting(ctx, undefined, undefined),
  also: async (ctx, tx, { message, kept }) => {
    const event = eventOf(message);
    await receive(ctx, tx, { message: message.text('MSH-10'), event, via: 'mllp', about: aboutOf(kept) });
  },
});
