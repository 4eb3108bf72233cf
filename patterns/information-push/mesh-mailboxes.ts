import { openMailbox, registerPerson } from '../../sandbox/mailboxes/directory.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import type { Example } from '../../sandbox/seed-options.ts';
import type { Event } from './events.ts';

/** The mailboxes that the public sandbox has, too, so that a client set up for that one finds them. */
export const MAILBOXES = { sender: 'X26ABC1', recipient: 'X26ABC2' } as const;
export type Owner = keyof typeof MAILBOXES;

/** Under which workflow what happened is sent. */
export const WORKFLOWS: Readonly<Record<Event, string>> = {
  'discharge-notification': 'TEST_WORKFLOW',
  'admission-notification': 'TEST_WORKFLOW',
  'document-notification': 'GPFED_CONSULT_REPORT',
};
const ALL = [...new Set(Object.values(WORKFLOWS))];

/** The workflow of an acknowledgement (PSH-11). */
export const ackOf = (workflow: string): string => `${workflow}_ACK`;
export const isAck = (workflow: string): boolean => workflow.endsWith('_ACK');
export const isAgreed = (workflow: string): boolean => ALL.includes(workflow);

/** Whose mailbox it is that this participant has. */
export const mailboxOf = (ctx: Ctx): string =>
  ctx.participant.name === 'sender' ? MAILBOXES.sender : MAILBOXES.recipient;

const bornOf = ({ birthDate = '' }: fhir4.Patient): string => birthDate.split('-').toReversed().join('');
const surnameOf = ({ name = [] }: fhir4.Patient): string => name[0]?.family ?? '';

/** The address by which a person's practice is reached (auto-routing). */
export const routedTo = (patient: fhir4.Patient): string =>
  `GPPROVIDER_${patient.id ?? ''}_${bornOf(patient)}_${surnameOf(patient)}`;

/** Both mailboxes, the workflows they are registered for, and the well-known people, all patients of the recipient. */
export const seedMailboxes = (ctx: Ctx): Promise<void> =>
  ctx.transaction(async (tx) => {
    const acks = ALL.map(ackOf);
    await openMailbox(ctx, tx, {
      ...{
        mailbox: MAILBOXES.sender,
        participant: 'sender',
        name: 'Acute Trust',
        ods: 'X26',
        sends: ALL,
        receives: acks,
      },
    });
    await openMailbox(ctx, tx, {
      ...{ mailbox: MAILBOXES.recipient, participant: 'recipient', name: 'GP Practice', ods: 'X27' },
      ...{ sends: acks, receives: ALL },
    });
    for (const { patient } of knownPeople()) {
      const born = bornOf(patient);
      if (patient.id === undefined || born.length !== 8) continue;
      await registerPerson(ctx, tx, {
        ...{ number: patient.id, born, surname: surnameOf(patient), mailbox: MAILBOXES.recipient },
      });
    }
  });

/** What a client of the exchange has to be told. */
export const mailboxExamples = (): readonly Example[] => {
  const [person] = knownPeople();
  return [
    {
      title: 'The sender’s mailbox',
      value: MAILBOXES.sender,
      note: 'Its password is the sender’s credential; the shared key is TestKey',
    },
    {
      title: 'The recipient’s mailbox',
      value: MAILBOXES.recipient,
      note: 'Its password is the recipient’s credential; the shared key is TestKey',
    },
    ...ALL.map((workflow) => ({
      title: 'A workflow',
      value: workflow,
      note: `From ${MAILBOXES.sender} to ${MAILBOXES.recipient}; acknowledged as ${ackOf(workflow)}`,
    })),
    ...(person === undefined
      ? []
      : [
          {
            title: 'An address by a person',
            value: routedTo(person.patient),
            note: 'Leads to the recipient’s mailbox',
          },
        ]),
  ];
};
