import type { Call, Ctx, Handler } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Followed, Streams } from '../../sandbox/streams.ts';
import { eventsBetween, type NewsEvent } from './events.ts';
import { notificationOf, plainOf } from './notification.ts';
import { allSubscriptions, findSubscription, type Subscription } from './subscriptions.ts';

const PAGE = 50;

const afterOf = ({ query, headers }: Call): number => {
  const after = Number(headers['last-event-id'] ?? query.get('after') ?? 0);
  return Number.isSafeInteger(after) && after > 0 ? after : 0;
};

/** As it would have been posted. */
const dataOf = async (ctx: Ctx, one: Subscription, event: NewsEvent): Promise<object> =>
  one.flavour === 'topic'
    ? notificationOf(ctx, { one, type: 'event-notification', events: [event], since: event.number })
    : plainOf(ctx, one, event);

const read = async (ctx: Ctx, id: string, after: number): Promise<readonly Followed[] | undefined> => {
  const one = await findSubscription(ctx, ctx.sql, id);
  if (one === undefined || one.state === 'off') return undefined;
  const events = await eventsBetween(ctx, ctx.sql, id, [after + 1, Number.MAX_SAFE_INTEGER], PAGE);
  const items: Followed[] = [];
  for (const event of events)
    items.push({ id: event.number, event: 'notification', data: await dataOf(ctx, one, event) });
  return items;
};

const SHOWN = 20;
const SOCKET =
  'The channel websocket of FHIR R4: send `bind ` and the id of a Subscription; it is answered `bound …`, and each event is `ping …`.';
const NONE = `Nobody has subscribed yet. A Subscription whose channel is \`message\`, without an endpoint, sends nothing and is followed at /subscriptions/{id}/stream, as any other can be (ours).`;

/** Where subscriptions can be followed, the newest first. */
export const streams: Streams = async (ctx) => {
  const socket = { path: '/websocket', only: 'ws', of: 'subscriber', note: SOCKET } as const;
  const open = (await allSubscriptions(ctx, ctx.sql)).filter(({ state }) => state !== 'off').toReversed();
  if (open.length === 0) return [socket, { note: NONE }];
  return [
    socket,
    ...open.slice(0, SHOWN).map(({ id, owner, wants }) => ({
      path: `/subscriptions/${id}/stream`,
      of: owner === '' ? 'subscriber' : owner,
      note: `Ours: the events of Subscription/${id}, ${wants.topic ?? 'by criteria'}; all there have been, then each as it happens.`,
    })),
  ];
};

/** Ours, for who cannot be called: a cursor over the events that are counted and kept anyway. */
export const subscriptionStream: Handler = async (call, ctx) => {
  const id = call.params.id ?? '';
  const one = await findSubscription(ctx, ctx.sql, id);
  if (one === undefined) throw problem(NOT_FOUND, `There is no subscription ${id}`);
  const after = call.query.get('from') === 'now' ? one.events : afterOf(call);
  return { status: 200, follow: { after, read: (last) => read(ctx, id, last) } };
};

/**
 * FHIR R4 subscription.html, websocket: whoever connects binds subscriptions (`bind 1`, answered `bound 1`) and is pinged for each
 * of their events (`ping 1`), which carries nothing. Until then nothing is said.
 */
export const subscriptionSocket: Handler = async () => ({
  status: 200,
  headers: { 'link-template': '"subscriptions/{id}/stream?from=now"; rel="bind"' },
  follow: { after: 0, read: async () => [] },
});
