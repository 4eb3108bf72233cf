import type { Consumer, Ctx, Message } from '../../sandbox/pattern.ts';
import type { Reader } from '../../sandbox/sql/port.ts';
import type { Notice } from './notice.ts';
import { parsed } from './parts.ts';
import { findSubscription, type Subscription } from './subscriptions.ts';

/** The one whose notice this is; undefined where it has ended, or was asked for anew since. */
export const current = async (
  ctx: Ctx,
  reader: Reader,
  { subscription, run }: Notice,
): Promise<Subscription | undefined> => {
  const one = await findSubscription(ctx, reader, subscription);
  return one?.run === run && one.state !== 'off' ? one : undefined;
};

/** Nothing is sent to what waits for its handshake, nor to what is in error: that is asked for anew by its owner (Backport, errors). */
const isDue = ({ state }: Subscription, { kind }: Notice): boolean =>
  kind === 'activate' || kind === 'handshake' ? state === 'requested' : state === 'active';

export interface Due {
  readonly notice: Notice;
  readonly one: Subscription;
}

/** What a message tells, and whom; undefined where nothing is to be told any more. */
export const dueNotice = async (message: Message, ctx: Ctx): Promise<Due | undefined> => {
  // Written by enqueueNotice.
  const notice = parsed(message.body) as Notice;
  const one = await current(ctx, ctx.sql, notice);
  return one !== undefined && isDue(one, notice) ? { notice, one } : undefined;
};

/** The stated policy (PUB-14): four attempts over about a minute, then the subscription is in error. */
export const ATTEMPTS = 4;

/** How subscribers are told, those of one subscription one after the other, in whatever dialect. */
export const telling: Omit<Consumer, 'handle'> = {
  participant: 'broker',
  retry: { attempts: ATTEMPTS, first: 'PT10S', factor: 2 },
  // For so long a subscriber waits for a number that is missing.
  lesson: { expected: 'PT1M' },
};
