import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import { lastConsidered } from './events.ts';
import { allSubscriptions, type Subscription } from './subscriptions.ts';

const shown = ({ wants, place, created, sent, ...rest }: Subscription) => ({
  ...rest,
  wants: wants.topic ?? wants.equals ?? wants.criteria,
  endpoint: place.endpoint,
  created: new Date(created).toISOString(),
  ...(sent === undefined ? {} : { sent: new Date(sent).toISOString() }),
});

/** In words, for somebody who wonders why nothing comes. */
const summaryOf = (one: Subscription): string => {
  if (one.state === 'requested') return 'It waits for its handshake';
  if (one.state === 'error')
    return `It is in error, and has to be asked for anew: ${one.reason ?? 'no reason is known'}`;
  if (one.state === 'off') return 'It has ended';
  if (one.considered === 0) return 'Nothing has happened since it began';
  if (one.events === 0) return `None of ${one.considered} events matched`;
  return `${one.events} of ${one.considered} events matched`;
};

const explain = async (ctx: Ctx, one: Subscription) => ({
  subscription: one.id,
  state: one.state,
  says: summaryOf(one),
  events: one.events,
  considered: await lastConsidered(ctx, one),
});

/** What the broker can be asked: who listens, and why somebody heard nothing. */
export const brokerActs: Readonly<Record<string, Act>> = {
  'list-subscriptions': {
    title: 'Show the subscriptions',
    summary: 'Who listens to what, and how it stands; the publisher is not shown this',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => ({ subscriptions: (await allSubscriptions(ctx, ctx.sql)).map(shown) }),
  },
  explain: {
    title: 'Explain why a subscription matched, or did not',
    summary: 'The last twenty events that were looked at for it, and for each the part of the criteria that decided',
    input: {
      type: 'object',
      properties: {
        subscription: { type: 'string', maxLength: 80, title: 'Subscription', example: 'the newest, unless told' },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const all = await allSubscriptions(ctx, ctx.sql);
      const id = typeof input.subscription === 'string' && input.subscription !== '' ? input.subscription : undefined;
      const one = id === undefined ? all.at(-1) : all.find((each) => each.id === id);
      if (one === undefined)
        throw problem(CONFLICT, id === undefined ? 'Nobody has subscribed' : `There is no subscription ${id}`);
      return explain(ctx, one);
    },
  },
};
