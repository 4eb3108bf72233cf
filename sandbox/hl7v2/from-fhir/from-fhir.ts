import { Hl7Error } from '../hl7-error.ts';
import type { Json } from '../to-fhir/element.ts';
import { Composer, type Origin } from './composer.ts';
import { writePatient, writeRelated } from './patient.ts';
import { type Lost, type Node, Reading } from './reading.ts';
import { writeReport } from './report.ts';
import { writeVisit } from './visit.ts';
import { timestamp } from './written.ts';

/** Message type, and its structure, by event. */
const STRUCTURES = {
  A01: 'ADT^A01^ADT_A01',
  A03: 'ADT^A03^ADT_A03',
  A08: 'ADT^A08^ADT_A01',
  A28: 'ADT^A28^ADT_A05',
  A31: 'ADT^A31^ADT_A05',
  R01: 'ORU^R01^ORU_R01',
} as const;

export type WrittenEvent = keyof typeof STRUCTURES;
export const WRITTEN_EVENTS = Object.keys(STRUCTURES);

export interface FromFhirOptions {
  /** The trigger event; that of the MessageHeader unless told. */
  readonly event?: string;
  /** MSH-7 where the Bundle has no timestamp, as milliseconds. */
  readonly now: number;
  /** MSH-10 where the Bundle has no identifier. */
  readonly controlId: string;
}

export interface FromFhir {
  readonly message: Buffer;
  readonly lineage: readonly Origin[];
  /** Elements that HL7 v2 has no place for here: what is lost. */
  readonly dropped: readonly Lost[];
}

const isWritten = (event: string): event is WrittenEvent => Object.hasOwn(STRUCTURES, event);

/** The event that is asked for, else the one that the header names, else what the resources show. */
const eventOf = (reading: Reading, asked: string | undefined): WrittenEvent => {
  const [header] = reading.all('MessageHeader');
  const named = asked?.replace(/^(?:ADT|ORU)\^/, '') ?? String(header?.at('eventCoding').at('code').value ?? '');
  if (isWritten(named)) return named;
  if (named !== '')
    throw new Hl7Error(
      `No message of event ${JSON.stringify(named)} is written from FHIR; ${WRITTEN_EVENTS.join(', ')} are`,
      {
        condition: 201,
      },
    );
  if (reading.all('DiagnosticReport').length > 0) return 'R01';
  const [visit] = reading.all('Encounter');
  if (visit === undefined) return 'A31';
  return visit.at('status').value === 'finished' ? 'A03' : 'A01';
};

/** A party's name: a code that it is known by, else its name. */
const party = (to: Composer, path: string, node: Node | undefined): void => {
  const number = node?.target()?.at('identifier').item(0);
  if (to.put(path, number?.at('value'))) number?.at('system').text();
  else to.put(path, node?.at('display'));
};

const writeHeader = (
  to: Composer,
  reading: Reading,
  event: WrittenEvent,
  { now, controlId }: FromFhirOptions,
): void => {
  const [header] = reading.all('MessageHeader');
  const source = header?.at('source');
  const destination = header?.at('destination').item(0);
  to.put('MSH-3', source?.at('name'));
  source?.at('endpoint').text();
  party(to, 'MSH-4', header?.at('sender'));
  to.put('MSH-5', destination?.at('name'));
  destination?.at('endpoint').text();
  party(to, 'MSH-6', destination?.at('receiver'));
  if (!to.put('MSH-7', reading.bundle.at('timestamp'), timestamp))
    to.say('MSH-7', timestamp(new Date(now).toISOString()) ?? '');
  const [type = '', trigger = '', structure = ''] = STRUCTURES[event].split('^');
  to.say('MSH-9.1', type);
  if (!to.put('MSH-9.2', header?.at('eventCoding').at('code'), () => trigger)) to.say('MSH-9.2', trigger);
  header?.at('eventCoding').at('system').text();
  to.say('MSH-9.3', structure);
  if (!to.put('MSH-10', reading.bundle.at('identifier').at('value'))) to.say('MSH-10', controlId);
  to.say('MSH-11', 'P');
  to.say('MSH-12', '2.5');
};

const writeEvent = (to: Composer, reading: Reading, event: WrittenEvent): void => {
  const [provenance] = reading.all('Provenance');
  const evn = to.segment('EVN');
  to.say(`${evn}-1`, event);
  if (!to.put(`${evn}-2`, provenance?.at('recorded'), timestamp)) to.say(`${evn}-2`, to.message.text('MSH-7'));
  to.put(`${evn}-6`, provenance?.at('occurredDateTime'), timestamp);
};

/**
 * A FHIR Bundle, or one resource, as an HL7 v2.5 message: ADT of A01, A03, A08, A28 or A31, or ORU of R01. There is no official
 * map of this direction: it is HL7's v2-to-FHIR turned round, and loses what HL7 v2 has no place for; that is listed. Throws
 * Hl7Error where there is no Patient, or another event is asked for.
 */
export const fromFhir = (given: Json, options: FromFhirOptions): FromFhir => {
  const reading = new Reading(given);
  const event = eventOf(reading, options.event);
  const [patient] = reading.all('Patient');
  if (patient === undefined)
    throw new Hl7Error('There is no Patient, whom the message would be about', {
      condition: 101,
      at: { segment: 'PID' },
    });
  const to = new Composer(reading.types());
  writeHeader(to, reading, event, options);
  if (event !== 'R01') writeEvent(to, reading, event);
  writePatient(to, patient);
  if (event !== 'R01') writeRelated(to, reading.all('RelatedPerson'));
  const [visit] = reading.all('Encounter');
  writeVisit(to, event === 'A28' || event === 'A31' ? undefined : visit);
  if (event === 'R01')
    for (const [index, report] of reading.all('DiagnosticReport').entries()) writeReport(to, report, index);
  return { message: to.message.toBytes(), lineage: to.lineage, dropped: reading.lost() };
};
