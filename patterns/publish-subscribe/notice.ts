import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** What a subscription is to be told; one message for each subscription, in its order. */
export interface Notice {
  readonly subscription: string;
  readonly run: number;
  readonly kind: 'activate' | 'handshake' | 'heartbeat' | 'event';
  readonly number?: number;
}

/** `about` is the id of the record, or the number of the person, so that faults can be meant for one. */
export const enqueueNotice = async (ctx: Ctx, tx: Tx, notice: Notice, about?: string): Promise<void> => {
  const headers = about === undefined ? {} : { about };
  await ctx.enqueue(tx, { consumer: 'notify', key: notice.subscription, headers, body: notice });
};
