import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import type { PatternPart } from '../../sandbox/pattern-part.ts';
import { deliveries, notDelivered } from './carry.ts';
import { handOvers } from './hand-over.ts';
import { hl7Receiver } from './hl7-recipient.ts';
import { inbox } from './inbox.ts';
import { processMessage } from './process-message.ts';
import { senderActs } from './sender.ts';

const mllp = hl7v2({ recipient: hl7Receiver });

/** FHIR messages through the exchange or into a queue, and HL7 v2 over MLLP. */
export const notMailed: PatternPart = {
  handlers: { ...fhir().handlers, processMessage },
  hl7v2: mllp,
  consumers: { ...mllp.consumers, deliver: deliveries, 'hand-over': handOvers, inbox },
  timers: { 'not-delivered': notDelivered },
  acts: { sender: senderActs },
};
