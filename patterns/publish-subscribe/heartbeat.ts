import type { Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import { enqueueNotice, ownWords } from './notice.ts';
import { partOf } from './parts.ts';
import { findSubscription, type Subscription } from './subscriptions.ts';
import { sayState } from './writing.ts';

/** From when a heartbeat is due where nothing else is sent before. */
export const scheduleHeartbeat = async (ctx: Ctx, tx: Tx, { id, run, wants }: Subscription): Promise<void> => {
  if (wants.heartbeat === undefined) return;
  const due = ctx.now() + wants.heartbeat * 1_000;
  await ctx.schedule(tx, { name: 'heartbeat', due, data: { subscription: id, run } });
};

const ofRun = async (ctx: Ctx, reader: Reader, data: unknown): Promise<Subscription | undefined> => {
  const one = await findSubscription(ctx, reader, String(partOf(data, 'subscription')));
  return one !== undefined && one.run === partOf(data, 'run') ? one : undefined;
};

/** Says that it is still there, where nothing else has said so for a period. */
const heartbeat: TimerHandler = async ({ data }, ctx) => {
  await ctx.transaction(async (tx) => {
    const one = await ofRun(ctx, tx, data);
    if (one?.state !== 'active' || one.wants.heartbeat === undefined) return;
    const period = one.wants.heartbeat * 1_000;
    const last = one.sent ?? 0;
    const silent = last + period <= ctx.now();
    const notice = { subscription: one.id, run: one.run, kind: 'heartbeat' } as const;
    if (silent) await enqueueNotice(ctx, tx, notice, ownWords(one, 'heartbeat'));
    const due = silent ? ctx.now() + period : last + period;
    await ctx.schedule(tx, { name: 'heartbeat', due, data });
  });
};

/** FHIR R4 subscription.html, end: the server turns it off. */
const end: TimerHandler = async ({ data }, ctx) => {
  await ctx.transaction(async (tx) => {
    const one = await ofRun(ctx, tx, data);
    if (one !== undefined && one.state !== 'off') await sayState(ctx, tx, one, 'off');
  });
};

export const brokerTimers: Readonly<Record<string, TimerHandler>> = { heartbeat, 'subscription-end': end };
