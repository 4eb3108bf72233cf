import type { Call, Ctx, Handler } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Followed, Streams } from '../../sandbox/streams.ts';
import { eventsBetween, type NewsEvent } from './events.ts';
import { notificationOf, recordOf } from './notification.ts';
import { parsed } from './parts.ts';
import { allSubscriptions, findSubscription, type Subscription } from './subscriptions.ts';

const PAGE = 50;

const afterOf = ({ query, headers }: Call): number => {
  const after = Number(headers['last-event-id'] ?? query.get('after') ?? 0);
  return Number.isSafeInteger(after) && after > 0 ? after : 0;
};

/** As it would have been posted; by criteria the record itself, or what it is about where there is no payload. */
const dataOf = async (ctx: Ctx, one: Subscription, event: NewsEvent): Promise<object> => {
  if (one.flavour === 'topic')
    return notificationOf(ctx, { one, type: 'event-notification', events: [event], since: event.number });
  const record = one.wants.payload === undefined ? undefined : parsed((await recordOf(ctx, event)) ?? '');
  return typeof record === 'object' && record !== null ? record : { focus: event.focus };
};

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
const NONE = `Nobody has subscribed yet. A Subscription whose channel is \`message\`, without an endpoint, sends nothing and is followed at /subscriptions/{id}/stream, as any other can be (ours).`;

/** Where subscriptions can be followed, the newest first. */
export const streams: Streams = async (ctx) => {
  if (ctx.dialect.id === 'mns') return [];
  const open = (await allSubscriptions(ctx, ctx.sql)).filter(({ state }) => state !== 'off').toReversed();
  if (open.length === 0) return [{ note: NONE }];
  return open.slice(0, SHOWN).map(({ id, owner, wants }) => ({
    path: `/subscriptions/${id}/stream`,
    of: owner,
    note: `Ours: the events of Subscription/${id} of ${owner}, ${wants.topic ?? 'by criteria'}; all there have been, then each as it happens.`,
  }));
};

/** Ours, for who cannot be called: a cursor over the events that are counted and kept anyway. */
export const subscriptionStream: Handler = async (call, ctx) => {
  const id = call.params.id ?? '';
  if ((await findSubscription(ctx, ctx.sql, id)) === undefined)
    throw problem(NOT_FOUND, `There is no subscription ${id}`);
  return { status: 200, follow: { after: afterOf(call), read: (after) => read(ctx, id, after) } };
};
