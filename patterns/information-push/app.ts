import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import { mailboxTimers } from '../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../sandbox/mailboxes/timers.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import { deliveries, notDelivered } from './carry.ts';
import { handOvers } from './hand-over.ts';
import { hl7Receiver } from './hl7-recipient.ts';
import { mailOut } from './mesh-acknowledgement.ts';
import { looksIntoMailbox, mailRecipientActs, mailSenderActs } from './mesh-acts.ts';
import { mailStore } from './mesh-mail.ts';
import { isMesh, mailboxExamples, seedMailboxes } from './mesh-mailboxes.ts';
import { notDeliveredList } from './not-delivered-list.ts';
import { processMessage } from './process-message.ts';
import { inbox, recipientActs } from './recipient.ts';
import { senderActs } from './sender.ts';
import { exchangeActs } from './stray.ts';
import { pushStore } from './tables.ts';

const endpoint = fhir();
const mllp = hl7v2({ recipient: hl7Receiver });

/** Information push: to a recipient that is known, through an exchange that does not give up for five days. */
export const app: PatternApp = {
  handlers: { ...endpoint.handlers, processMessage },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, deliver: deliveries, 'hand-over': handOvers, inbox, 'mail-out': mailOut },
  timers: { 'not-delivered': notDelivered, ...mailboxTimers, [POLL]: looksIntoMailbox },
  acts: {
    broker: exchangeActs,
    sender: { ...mailSenderActs, ...senderActs },
    recipient: { ...mailRecipientActs, ...recipientActs },
  },
  worklists: { sender: notDeliveredList },
  stores: [...endpoint.stores, pushStore, mailboxStore, mailStore],
  seed: async (ctx) => {
    if (ctx.participant.name === 'broker' && isMesh(ctx)) await seedMailboxes(ctx);
  },
  examples: async (dialect) => [
    ...(dialect === 'mesh' ? mailboxExamples() : []),
    ...knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
  ],
};
