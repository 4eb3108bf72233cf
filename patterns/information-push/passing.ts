import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { type Passing, tells } from '../../sandbox/conformance/passing.ts';
import { isEvent } from './events.ts';
import { answers, asks, eventOf, isSound, messageId } from './message-seen.ts';

const messageOf = (one: SeenExchange): unknown => parsed(one.request);
const isMessage = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && pathOf(one).startsWith('/$process-message') && messageOf(one) !== undefined;
const isRefused = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && reply.status >= 400 && reply.status < 500 && ![401, 403, 408, 409, 429].includes(reply.status);

const stepOf = (one: SeenExchange): string | undefined => {
  const message = messageOf(one);
  // A recipient may know more workflows than these, and may bear more: only what it refuses shows that it tells so.
  if (isRefused(one)) return !isEvent(eventOf(message)) ? 'unknown-workflow' : isSound(message) ? undefined : 'invalid';
  if (!isSound(message) || !tells(one)) return undefined;
  return asks(message, 'InfAckRequested') ? 'notify-with-ack' : 'notify';
};

/** Notifications, and their acknowledgements where those pass, too. */
export const passing: Passing = {
  participants: ['recipient'],
  name: ({ answered, sent }) => {
    const brought = answered.filter((one) => isMessage(one) && answers(messageOf(one)) === undefined);
    const isSame = (one: SeenExchange) => (other: SeenExchange) =>
      messageId(messageOf(one)) === messageId(messageOf(other));
    const firsts = brought.filter((one, index) => !brought.slice(0, index).some(isSame(one)));
    const steps = new Map(firsts.map((one) => [one.id, stepOf(one) ?? one.id]));
    const first = firsts.find((one) => stepOf(one) === 'notify');
    const again = first && brought.find((one) => one !== first && isSame(first)(one));
    if (again !== undefined) steps.set(again.id, 'notify-again');
    const acks = sent.filter((one) => isMessage(one) && answers(messageOf(one)) !== undefined);
    return { steps, received: acks.map((one, index) => [one, `callback-${index + 1}`] as const) };
  },
};
