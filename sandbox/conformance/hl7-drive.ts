import type { Hl7Message } from '../hl7v2/message.ts';
import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import { hasOriginalModeOnly } from './hl7-kinds.ts';
import { adt, type Event, type Person, testPerson } from './hl7-messages.ts';
import type { Hl7Wire } from './hl7-wire.ts';
import type { Session } from './session.ts';

const HOUR = 3_600_000;

/** Steps that have an effect if the target is what it says to be. */
const WRITING = [
  'hl7-accepted',
  'hl7-again',
  'hl7-no-patient',
  'hl7-unsupported-version',
  'hl7-byte-by-byte',
  'hl7-first-of-two',
  'hl7-second-of-two',
  'hl7-enhanced',
  'hl7-after-never',
  'hl7-after-accept',
];
const READING = ['fhir-kept', 'fhir-visit', 'fhir-after-older', 'fhir-retired', 'fhir-surviving'];

/** A type that no version of HL7 has, so that nothing can come of it. */
const UNKNOWN = { 'MSH-9.1': 'ZZZ', 'MSH-9.2': 'Z99', 'MSH-9.3': 'ZZZ_Z99' };

const enhanced = (accept: 'AL' | 'NE') => ({ 'MSH-15': accept, 'MSH-16': 'NE' });

/** An accept acknowledgement of what the target said: nobody has to answer that. */
const acceptOf = (message: Hl7Message, named: string): Hl7Message => {
  for (const segment of message.names().slice(1)) message.removeSegment(segment);
  message.set('MSH-9.1', 'ACK').set('MSH-9.2', undefined).set('MSH-9.3', undefined);
  message.addSegment('MSA');
  return message.set('MSA-1', 'CA').set('MSA-2', named);
};

const find = async (session: Session, step: string, type: string, query: Readonly<Record<string, string>>) => {
  const { fhir = '' } = session.profile.hl7v2;
  const path = `${fhir.replace(/\/+$/, '')}/${type}?${new URLSearchParams(query)}`;
  await session.http(step, { method: 'GET', path });
};

/** What a message leaves behind, read as FHIR: that of an event, of an older one that came late, and of a merger. */
const driveKept = async (session: Session, wire: Hl7Wire, make: (event: Event) => Hl7Message): Promise<void> => {
  const { fhir, type } = session.profile.hl7v2;
  if (type !== undefined && type !== 'ADT') {
    session.leaveOut(READING, `what is kept is judged by admissions, updates and mergers, and this receives ${type}`);
    return;
  }
  if (fhir === undefined) {
    session.leaveOut(READING, 'name where what was sent can be read as FHIR in the profile (hl7v2.fhir)');
    return;
  }
  const now = Date.now();
  const identifier = (person: Person) => ({ identifier: `${NHS_NUMBER_SYSTEM}|${person.nhsNumber}` });

  const person = testPerson();
  const details = {
    'PID-7': '19700131',
    'PID-8': '2',
    'PID-11.1': '1 HIGH STREET',
    'PID-11.5': 'LS1 4AP',
    'PID-13.1': '01632960587',
    'PID-29': '20260103',
    'PID-30': 'Y',
    'PV1-1': '1',
    'PV1-2': 'I',
    'PV1-3.1': 'WARD9',
    'PV1-19.1': `V${person.nhsNumber}`,
    'PV1-44': '20260102080000',
  };
  await wire([{ step: 'hl7-details', message: make({ trigger: 'A01', person, at: now - HOUR, with: details }) }]);
  await find(session, 'fhir-kept', 'Patient', identifier(person));
  await find(session, 'fhir-visit', 'Encounter', { identifier: `V${person.nhsNumber}` });

  const moved = testPerson();
  const named = (family: string) => ({ ...moved, family });
  await wire([
    { step: 'hl7-newer', message: make({ trigger: 'A31', person: named('XXNEWER'), at: now - HOUR }) },
    { step: 'hl7-older', message: make({ trigger: 'A31', person: named('XXOLDER'), at: now - 2 * HOUR }) },
  ]);
  await find(session, 'fhir-after-older', 'Patient', identifier(moved));

  const [surviving, retired] = [testPerson(), testPerson()];
  const merged = { 'MRG-1.1': retired.nhsNumber, 'MRG-1.4': 'NHS' };
  await wire([
    { step: 'hl7-retired', message: make({ trigger: 'A28', person: retired, at: now - 2 * HOUR }) },
    { step: 'hl7-surviving', message: make({ trigger: 'A28', person: surviving, at: now - 2 * HOUR }) },
    { step: 'hl7-merge', message: make({ trigger: 'A40', person: surviving, at: now - HOUR, with: merged }) },
  ]);
  await find(session, 'fhir-retired', 'Patient', identifier(retired));
  await find(session, 'fhir-surviving', 'Patient', identifier(surviving));
};

/** Gathers the evidence about who receives HL7 v2; without the profile's consent it sends only what nobody can act on. */
export const driveHl7 = async (session: Session, wire: Hl7Wire): Promise<void> => {
  const { profile } = session;
  const make = (event: Event): Hl7Message => adt(profile.hl7v2, event);
  const now = Date.now();
  const somebody = (trigger: string, values: Readonly<Record<string, string>> = {}): Hl7Message =>
    make({ trigger, person: testPerson(), at: now, with: values });

  await wire([{ step: 'hl7-unsupported-type', message: somebody('Z99', UNKNOWN) }]);
  if (!profile.consentToWrite) {
    session.leaveOut([...WRITING, ...READING], 'sending a message may change something: give consent (consentToWrite)');
    return;
  }
  const accepted = somebody('A28');
  await wire([
    { step: 'hl7-accepted', message: accepted },
    { step: 'hl7-again', message: accepted },
    { step: 'hl7-no-patient', message: make({ trigger: 'A28', at: now }) },
    { step: 'hl7-unsupported-version', message: somebody('A28', { 'MSH-12': '9.9' }) },
  ]);
  await wire([{ step: 'hl7-byte-by-byte', message: somebody('A28') }], 'byte-by-byte');
  await wire(
    [
      { step: 'hl7-first-of-two', message: somebody('A28') },
      { step: 'hl7-second-of-two', message: somebody('A28') },
    ],
    'together',
  );
  await wire([
    { step: 'hl7-accept', message: acceptOf(somebody('A28'), 'CONFORMANCE0'), silent: true },
    { step: 'hl7-after-accept', message: somebody('A28') },
  ]);
  const originalOnly = hasOriginalModeOnly(session)
    ? 'the dialect has original mode only'
    : 'the profile says that it has original mode only';
  if (hasOriginalModeOnly(session) || profile.hl7v2.originalModeOnly === true)
    session.leaveOut(['hl7-enhanced', 'hl7-after-never'], originalOnly);
  else {
    await wire([{ step: 'hl7-enhanced', message: somebody('A28', enhanced('AL')) }]);
    await wire([
      { step: 'hl7-never', message: somebody('A28', enhanced('NE')), silent: true },
      { step: 'hl7-after-never', message: somebody('A28') },
    ]);
  }
  await driveKept(session, wire, make);
};
