import { applicationConsumers } from './application.ts';
import { deliver } from './deliver.ts';
import { listenHl7 } from './listen.ts';
import type { Hl7Part } from './port.ts';
import type { Hl7Receivers } from './receiver.ts';
import { sendHl7 } from './send-hl7.ts';

/** What a pattern has as `hl7v2`: who of its participants receives messages, and what they make of them. */
export const hl7v2 = (receivers: Hl7Receivers): Hl7Part => ({
  participants: Object.keys(receivers),
  deliver: (host, delivery) => deliver(host, receivers, delivery),
  send: sendHl7,
  listen: listenHl7,
  consumers: applicationConsumers(receivers),
});
