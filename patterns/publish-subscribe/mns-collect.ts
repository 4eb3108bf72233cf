import type { Consumer, Ctx, Incoming } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import { collecting } from './collecting.ts';
import { type Delivery, takeIn } from './inbox.ts';
import { changeKnown, findKnown } from './known.ts';
import { listOf, parsed, partOf, textOf } from './parts.ts';
import { relative } from './read-notification.ts';
import { processLater } from './take.ts';

export const askMns = (ctx: Ctx, method: string, path: string, body?: object): Promise<Incoming> =>
  ctx.send('broker', {
    method,
    path,
    headers: {
      accept: 'application/json, application/fhir+json',
      'x-correlation-id': ctx.uuid(),
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
    },
    ...(body === undefined ? {} : { body }),
  });

/** The queue's name ends in what the subscriber calls the subscription. */
export const hookOf = (queue: string): string => queue.slice(queue.lastIndexOf('-') + 1);

const named = (parameter: unknown, list: 'parameter' | 'part', name: string): unknown =>
  listOf(parameter, list).find((one) => textOf(one, 'name') === name);

/** A signal, whichever of the two forms it came in; both have the id of the event. */
const deliveryOf = (hook: string, signal: unknown): Delivery => {
  if (textOf(signal, 'resourceType') !== 'Bundle') {
    const source = textOf(signal, 'source');
    return {
      hook,
      kind: textOf(signal, 'type') ?? '',
      event: textOf(signal, 'id') ?? '',
      focus: relative(textOf(signal, 'dataref') ?? ''),
      version: Number(/\d+/.exec(textOf(signal, 'versionid') ?? '')?.[0] ?? 0),
      ...(source === undefined ? {} : { source }),
    };
  }
  const status = partOf(listOf(signal, 'entry')[0], 'resource');
  const event = named(status, 'parameter', 'notification-event');
  const context = named(status, 'parameter', 'additional-context');
  const source = textOf(named(context, 'part', 'source'), 'valueUri');
  return {
    hook,
    kind: textOf(named(context, 'part', 'event-type'), 'valueString') ?? '',
    event: textOf(signal, 'id') ?? '',
    focus: relative(textOf(named(event, 'part', 'focus'), 'valueReference', 'reference') ?? ''),
    version: 0,
    ...(source === undefined ? {} : { source }),
  };
};

/** Kept first, then deleted from the queue, or acknowledged: if that fails it comes again, and is a repeat. */
export const takeSignal = async (ctx: Ctx, hook: string, signal: unknown): Promise<void> => {
  const delivery = deliveryOf(hook, signal);
  await ctx.transaction(async (tx) => {
    if ((await findKnown(ctx, tx, hook)) === undefined) return;
    const { outcome, seq } = await takeIn(ctx, tx, delivery);
    if (outcome === 'new' && delivery.focus !== '') await processLater(ctx, tx, { seq, focus: delivery.focus, hook });
    await changeKnown(ctx, tx, hook, { heard: ctx.now(), state: 'active' });
  });
};

/** Reads a queue until it is empty, as a subscriber that is always there does. */
export const collect: Consumer = {
  ...collecting,
  handle: async (message, ctx) => {
    const { queue } = message.headers;
    // What somebody outside put here themselves is in no queue of the broker's.
    if (queue === undefined) return;
    const path = `/queues/${queue}/messages`;
    const reply = await askMns(ctx, 'GET', path);
    if (reply.status !== 200) throw problem(UPSTREAM_FAILED, `The queue answered ${reply.status}`);
    for (const one of listOf(parsed(reply.body), 'messages')) {
      await takeSignal(ctx, hookOf(queue), partOf(one, 'body'));
      await askMns(ctx, 'DELETE', `${path}/${textOf(one, 'id') ?? ''}`);
    }
  },
};
