import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** What a subscription is to be told; one message for each subscription, in its order. */
export interface Notice {
  readonly subscription: string;
  readonly run: number;
  readonly kind: 'activate' | 'handshake' | 'heartbeat' | 'event';
  readonly number?: number;
}

export const enqueueNotice = async (ctx: Ctx, tx: Tx, notice: Notice): Promise<void> => {
  await ctx.enqueue(tx, { consumer: 'notify', key: notice.subscription, body: notice });
};
