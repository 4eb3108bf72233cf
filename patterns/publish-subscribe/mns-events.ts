import type { Ctx, Handler, TimerHandler } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { type Considered, countEvent } from './events.ts';
import { isEventType, TEST_SIGNAL } from './mns-types.ts';
import { enqueueNotice } from './notice.ts';
import { parsed, partOf, textOf } from './parts.ts';
import { listening, type Subscription } from './subscriptions.ts';

type Verdict = Pick<Considered, 'matched' | 'because'>;

const has = (event: unknown, name: string, wanted: string): boolean => {
  const found = name === 'eventType' ? partOf(event, 'type') : partOf(event, 'filtering', name);
  return Array.isArray(found) ? found.map(String).includes(wanted) : String(found ?? '') === wanted;
};

/** Whether an event is equal to all that the criteria name. */
const judge = ({ wants }: Subscription, event: unknown): Verdict => {
  const asked = Object.entries(wants.equals ?? {});
  const failing = asked.filter(([name, wanted]) => !has(event, name, wanted));
  const words = (pairs: typeof asked): string => pairs.map(([name, wanted]) => `${name}=${wanted}`).join(' and ');
  return failing.length === 0
    ? { matched: true, because: `it matches ${words(asked)}` }
    : { matched: false, because: `it does not match ${words(failing)}` };
};

/** Counts an event for every subscription that it is for, and puts it on its way to their queues. */
const multicast = async (ctx: Ctx, tx: Tx, event: object): Promise<void> => {
  const id = textOf(event, 'id') ?? '';
  const what = `${textOf(event, 'type')} about ${textOf(event, 'subject') ?? 'nobody'}`;
  const body = JSON.stringify(event);
  for (const one of await listening(ctx, tx)) {
    const number = await countEvent(
      ctx,
      tx,
      one,
      { what, ...judge(one, event) },
      { focus: id, version: 0, deed: 'publish', body },
    );
    if (number !== undefined)
      await enqueueNotice(
        ctx,
        tx,
        { subscription: one.id, run: one.run, kind: 'event', number },
        textOf(event, 'subject'),
      );
  }
};

/** Whether it was published for the first time: a publisher that did not get the answer publishes it again. */
const isFirst = async (ctx: Ctx, tx: Tx, event: object): Promise<boolean> => {
  const key = `${textOf(event, 'source')} ${textOf(event, 'id')}`;
  const made = await tx.query(
    'insert into pub_published (store, event, at) values ($1, $2, $3) on conflict do nothing returning event',
    [ctx.store, key, ctx.now()],
  );
  return made.length > 0;
};

/** POST /events */
export const publishEvent: Handler = async (call, ctx) => {
  const event = parsed(call.body);
  const type = textOf(event, 'type') ?? '';
  if (typeof event !== 'object' || event === null || !isEventType(type))
    throw problem(BAD_REQUEST, 'Please provide a valid event type', { at: '/type' });
  if (partOf(event, 'data') !== undefined)
    throw problem(BAD_REQUEST, 'An event points to its data (dataref) and does not hold them', { at: '/data' });
  await ctx.transaction(async (tx) => {
    if (await isFirst(ctx, tx, event)) await multicast(ctx, tx, event);
  });
  return { status: 200, body: { id: textOf(event, 'id') } };
};

const QUARTER = 15 * 60_000;

/** From the first subscription on; each names the one after it. */
export const scheduleTestSignal = async (ctx: Ctx, tx: Tx): Promise<void> =>
  ctx.schedule(tx, { name: 'test-signal', due: ctx.now() + QUARTER, data: {} });

const testSignal: TimerHandler = async (_timer, ctx) => {
  await ctx.transaction(async (tx) => {
    const listeners = (await listening(ctx, tx)).filter(({ wants }) => wants.equals?.eventType === TEST_SIGNAL);
    if (listeners.length === 0) return;
    await multicast(ctx, tx, {
      specversion: '1.0',
      id: ctx.uuid(),
      source: ctx.baseOf('broker'),
      type: TEST_SIGNAL,
      time: new Date(ctx.now()).toISOString(),
    });
    await scheduleTestSignal(ctx, tx);
  });
};

export const mnsTimers: Readonly<Record<string, TimerHandler>> = { 'test-signal': testSignal };
