import { pathOf, parsed as read, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { type Passing, tells, wasDone } from '../../sandbox/conformance/passing.ts';
import { textOf } from './parts.ts';
import { deliverySteps } from './seen-deliveries.ts';

const ATTRIBUTES = ['specversion', 'id', 'source', 'type', 'time'];
const isPost = (one: SeenExchange, path: RegExp): boolean => one.request.method === 'POST' && path.test(pathOf(one));
const isRefused = ({ reply }: SeenExchange): boolean =>
  reply !== undefined && reply.status >= 400 && reply.status < 500 && ![401, 403, 408, 429].includes(reply.status);

const isIncomplete = (one: SeenExchange): boolean => {
  const event = read(one.request);
  return ATTRIBUTES.some((name) => textOf(event, name) === undefined);
};

/** In MNS: a subscription, the same again while it stands, and an event without what it has to have. */
const mns = (answered: readonly SeenExchange[]): ReadonlyMap<string, string> => {
  const steps = new Map<string, string>();
  const asked = answered.filter((one) => isPost(one, /\/subscriptions$/));
  const first = asked.find(tells);
  if (first !== undefined) steps.set(first.id, 'subscribe');
  const ended = answered.find(({ request, began }) => request.method === 'DELETE' && began > (first?.began ?? 0));
  const again = asked.find((one) => one !== first && one.request.body === first?.request.body);
  if (
    again !== undefined &&
    first !== undefined &&
    wasDone(first) &&
    again.began < (ended?.began ?? Number.POSITIVE_INFINITY)
  )
    steps.set(again.id, 'subscribe-again');
  const bare = answered.find((one) => isPost(one, /\/events$/) && isIncomplete(one) && (tells(one) || isRefused(one)));
  if (bare !== undefined) steps.set(bare.id, 'publish-incomplete');
  return steps;
};

/** Subscriptions and events; and what is delivered, where that passes, too. Whether something was left out nobody can say. */
export const passing: Passing = {
  participants: ['broker'],
  name: ({ dialect, answered, sent }) => {
    if (dialect === 'mns') return { steps: mns(answered) };
    const { steps, received = [] } = deliverySteps(answered, sent);
    const made = answered.find((one) => isPost(one, /^\/Subscription$/) && tells(one) && !steps.has(one.id));
    const isNamed = [...steps.values()].includes('subscribe-criteria');
    return {
      steps: made === undefined || isNamed ? steps : new Map([...steps, [made.id, 'subscribe-criteria']]),
      received,
    };
  },
  delivered: {
    to: 'subscriber',
    addressIn: (message) =>
      textOf(message, 'resourceType') === 'Subscription' && textOf(message, 'channel', 'type') === 'rest-hook'
        ? textOf(message, 'channel', 'endpoint')
        : undefined,
  },
  unseen: {
    change:
      'what was delivered did not pass here (--deliveries lets it), or came to an address that says too little of it',
    unsubscribe: 'what is no longer delivered is not seen between the two',
  },
};
