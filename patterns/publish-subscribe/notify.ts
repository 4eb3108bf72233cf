import type { Consumer, Ctx, Incoming, Message, NewMessage, Outgoing } from '../../sandbox/pattern.ts';
import { ProblemError, problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { ATTEMPTS, current, dueNotice, telling } from './due-notice.ts';
import { eventsBetween, type NewsEvent } from './events.ts';
import { scheduleHeartbeat } from './heartbeat.ts';
import type { Notice } from './notice.ts';
import { notificationOf, plainOf, recordOf } from './notification.ts';
import { markSent, type Subscription } from './subscriptions.ts';
import { sayState } from './writing.ts';

const TIMEOUT_MAX = 30_000;

/** An R4 notification without a topic: nothing at all, or the record as an update (subscription.html, rest-hook). */
const baseRequest = async (ctx: Ctx, one: Subscription, event: NewsEvent, path: string): Promise<Outgoing> => {
  const { payload, headers } = one.wants;
  const text = payload === undefined ? undefined : await recordOf(ctx, event);
  if (payload === undefined || text === undefined) return { method: 'POST', path, headers };
  return {
    method: 'PUT',
    path: `${path}/${event.focus}`,
    headers: { ...headers, 'content-type': payload },
    body: text,
  };
};

const TYPES = { handshake: 'handshake', heartbeat: 'heartbeat', event: 'event-notification' } as const;

const topicRequest = async (
  ctx: Ctx,
  one: Subscription,
  kind: keyof typeof TYPES,
  events: readonly NewsEvent[],
  path: string,
): Promise<Outgoing> => {
  const { payload = 'application/fhir+json', headers } = one.wants;
  const since = events.at(-1)?.number ?? one.events;
  const body = await notificationOf(ctx, { one, type: TYPES[kind], events, since });
  return { method: 'POST', path, headers: { ...headers, 'content-type': payload }, body: JSON.stringify(body) };
};

const requestOf = async (
  ctx: Ctx,
  one: Subscription,
  { kind }: Notice,
  events: readonly NewsEvent[],
): Promise<Outgoing | undefined> => {
  const { place } = one;
  const [event] = events;
  if (!('participant' in place) || kind === 'activate' || (kind === 'event' && event === undefined)) return undefined;
  const request =
    one.flavour === 'base'
      ? event && (await baseRequest(ctx, one, event, place.path))
      : await topicRequest(ctx, one, kind, events, place.path);
  const { timeout } = one.wants;
  return request && { ...request, signed: true, timeout: Math.min((timeout ?? 30) * 1_000, TIMEOUT_MAX) };
};

/** The event of a notice, and, where that was asked for (Backport, max-count), those that have happened since. */
const eventsOf = async (ctx: Ctx, one: Subscription, { kind, number = 0 }: Notice): Promise<readonly NewsEvent[]> => {
  if (kind !== 'event' || number <= one.told) return [];
  return eventsBetween(ctx, ctx.sql, one.id, [number, number + (one.wants.maxCount ?? 1) - 1]);
};

/** Ours: what would have been posted, as a message for the queue that a subscriber has on the broker. */
const messageOf = async (
  ctx: Ctx,
  one: Subscription,
  to: string,
  { kind }: Notice,
  events: readonly NewsEvent[],
): Promise<NewMessage | undefined> => {
  const [event] = events;
  if (kind === 'activate' || (kind === 'event' && event === undefined)) return undefined;
  const since = events.at(-1)?.number ?? one.events;
  const body =
    one.flavour === 'base'
      ? event && (await plainOf(ctx, one, event))
      : await notificationOf(ctx, { one, type: TYPES[kind], events, since });
  if (body === undefined) return undefined;
  const contentType = one.wants.payload ?? 'application/fhir+json';
  return { consumer: 'collect', to, key: to, headers: { subscription: one.id }, contentType, body };
};

/** What came back, or why nothing did. */
const attempt = async (ctx: Ctx, to: string, request: Outgoing): Promise<Incoming | string> => {
  try {
    return await ctx.send(to, request);
  } catch (error) {
    if (error instanceof ProblemError) return error.faults[0]?.detail ?? error.problem.title;
    throw error;
  }
};

const failureOf = (reply: Incoming | string): string | undefined => {
  if (typeof reply === 'string') return reply;
  return reply.status >= 200 && reply.status < 300 ? undefined : `it answered ${reply.status}`;
};

/** Active from now on, or again. */
const activate = async (ctx: Ctx, tx: Tx, one: Subscription): Promise<void> => {
  await sayState(ctx, tx, { ...one, sent: ctx.now() }, 'active');
  await scheduleHeartbeat(ctx, tx, one);
};

interface Told {
  readonly notice: Notice;
  /** Those that it told of. */
  readonly events: readonly NewsEvent[];
  readonly failure?: string | undefined;
}

const settle = async (ctx: Ctx, tx: Tx, { notice, events, failure }: Told): Promise<void> => {
  const one = await current(ctx, tx, notice);
  if (one === undefined) return;
  if (failure !== undefined) await sayState(ctx, tx, one, 'error', failure);
  else if (one.state === 'requested') await activate(ctx, tx, one);
  else await markSent(ctx, tx, one.id, one.wants.maxCount === undefined ? undefined : events.at(-1)?.number);
};

const handle = async (message: Message, ctx: Ctx): Promise<void> => {
  const due = await dueNotice(message, ctx);
  if (due === undefined) return;
  const { notice, one } = due;
  const events = await eventsOf(ctx, one, notice);
  if ('outside' in one.place) {
    const message = await messageOf(ctx, one, one.place.outside, notice, events);
    await ctx.transaction(async (tx) => {
      if (message !== undefined) await ctx.enqueue(tx, message);
      await settle(ctx, tx, { notice, events });
    });
    return;
  }
  const request = await requestOf(ctx, one, notice, events);
  if (request === undefined || !('participant' in one.place)) {
    await ctx.transaction((tx) => settle(ctx, tx, { notice, events }));
    return;
  }
  const failure = failureOf(await attempt(ctx, one.place.participant, request));
  const what = notice.kind === 'event' ? `event ${notice.number}` : `the ${notice.kind}`;
  const words = failure === undefined ? undefined : `The subscriber did not take ${what}: ${failure}`;
  const last = notice.kind === 'handshake' || message.attempt >= ATTEMPTS;
  if (words !== undefined && !last) throw problem(UPSTREAM_FAILED, words);
  await ctx.transaction((tx) => settle(ctx, tx, { notice, events, failure: words }));
};

/**
 * Tells subscribers, those of one subscription one after the other. What is not taken is brought again; a handshake that
 * fails, or an event that is not taken at all, puts the subscription in error, which it does not leave by itself.
 */
export const notify: Consumer = { ...telling, handle };
