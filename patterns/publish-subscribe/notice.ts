import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Subscription } from './subscriptions.ts';

/** What a subscription is to be told; one message for each subscription, in its order. */
export interface Notice {
  readonly subscription: string;
  readonly run: number;
  readonly kind: 'activate' | 'handshake' | 'heartbeat' | 'event';
  readonly number?: number;
}

/** The one person that a subscription is about, where it names one (`Patient?identifier=9990000786`). */
const personOf = ({ wants }: Pick<Subscription, 'wants'>): string | undefined => {
  const values = wants.criteria.flatMap(({ query }) => [...new URLSearchParams(query).values()]);
  const numbers = values.flatMap((value) => /(?<![0-9])[0-9]{10}$/.exec(value) ?? []);
  return new Set(numbers).size === 1 ? numbers[0] : undefined;
};

/** What is said of a subscription itself is about whom it is about, in its own way: that faults can be meant for this alone. */
export const ownWords = (one: Pick<Subscription, 'wants'>, kind: 'handshake' | 'heartbeat'): string | undefined => {
  const person = personOf(one);
  return person === undefined ? undefined : `${person}/${kind}`;
};

/** `about` is the id of the record, or the number of the person, so that faults can be meant for one. */
export const enqueueNotice = async (ctx: Ctx, tx: Tx, notice: Notice, about?: string): Promise<void> => {
  const headers = about === undefined ? {} : { about };
  await ctx.enqueue(tx, { consumer: 'notify', key: notice.subscription, headers, body: notice });
};
