import { applicationConsumers } from './application.ts';
import { deliver } from './deliver.ts';
import { listenHl7 } from './listen.ts';
import type { Hl7Part } from './port.ts';
import type { Hl7Receivers } from './receiver.ts';
import { sendHl7 } from './send-hl7.ts';

/**
 * What a pattern has as `hl7v2`: who of its participants receives messages, and what they make of them; in `dialects`, or in
 * all that it speaks.
 */
export const hl7v2 = (receivers: Hl7Receivers, dialects?: readonly string[]): Hl7Part => ({
  participantsIn: (dialect) => (dialects?.includes(dialect) === false ? [] : Object.keys(receivers)),
  deliver: (host, delivery) => deliver(host, receivers, delivery),
  send: sendHl7,
  listen: listenHl7,
  consumers: applicationConsumers(receivers),
});
