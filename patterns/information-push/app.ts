import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import type { PatternApp } from '../../sandbox/pattern.ts';
import { knownPeople } from '../../sandbox/seed/known-people.ts';
import { deliveries, notDelivered } from './carry.ts';
import { handOvers } from './hand-over.ts';
import { processMessage } from './process-message.ts';
import { adtReceiver, inbox, recipientActs } from './recipient.ts';
import { senderActs } from './sender.ts';
import { exchangeActs } from './stray.ts';
import { pushStore } from './tables.ts';

const endpoint = fhir();
const mllp = hl7v2({ recipient: adtReceiver });

/** Information push: to a recipient that is known, through an exchange that does not give up for five days. */
export const app: PatternApp = {
  handlers: { ...endpoint.handlers, processMessage },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, deliver: deliveries, 'hand-over': handOvers, inbox },
  timers: { 'not-delivered': notDelivered },
  acts: { broker: exchangeActs, sender: senderActs, recipient: recipientActs },
  stores: [...endpoint.stores, pushStore],
  examples: async () => knownPeople().map(({ patient, title, note }) => ({ title, value: patient.id ?? '', note })),
};
