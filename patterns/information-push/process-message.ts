import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { readMessage } from '../../sandbox/fhir/message.ts';
import type { Handler } from '../../sandbox/pattern.ts';
import { acceptForDelivery } from './carry.ts';
import { takeIn } from './take-in.ts';

/** `POST …/$process-message`: the exchange accepts for delivery; a party stores, and then answers. */
export const processMessage: Handler = async (call, ctx) => {
  const message = readMessage(ctx, jsonFormat.parse(call.body));
  return ctx.participant.name === 'broker' ? acceptForDelivery(ctx, message) : takeIn(ctx, message);
};
