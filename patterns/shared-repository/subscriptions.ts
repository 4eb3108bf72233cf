import { member } from '../../sandbox/act-values.ts';
import type { Call, Ctx, Reply } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

export interface Subscription {
  readonly id: string;
  readonly subscriber: string;
  readonly channel: 'http' | 'queue';
  /** Of all kinds where absent. */
  readonly kinds?: readonly string[];
}

interface Row {
  readonly id: string;
  readonly subscriber: string;
  readonly channel: string;
  readonly kinds: string;
}

const all = async (ctx: Ctx, reader: Reader): Promise<readonly Subscription[]> => {
  const rows = await reader.query<Row>(
    'select id, subscriber, channel, kinds from shr_subscription where store = $1 order by id',
    [ctx.store],
  );
  return rows.map(({ id, subscriber, channel, kinds }) => ({
    id,
    subscriber,
    channel: channel === 'queue' ? 'queue' : 'http',
    ...(kinds === '' ? {} : { kinds: kinds.split(' ') }),
  }));
};

/** Those that a write of this kind of data is for. */
export const subscriptionsTo = async (ctx: Ctx, reader: Reader, kind: string): Promise<readonly Subscription[]> =>
  (await all(ctx, reader)).filter(({ kinds }) => kinds?.includes(kind) ?? true);

export const putSubscription = async (ctx: Ctx, tx: Tx, { id, subscriber, channel, kinds = [] }: Subscription) => {
  await tx.query(
    `insert into shr_subscription (store, id, subscriber, channel, kinds) values ($1, $2, $3, $4, $5)
     on conflict (store, id) do update set subscriber = $3, channel = $4, kinds = $5`,
    [ctx.store, id, subscriber, channel, kinds.join(' ')],
  );
};

const bodyOf = ({ body }: Call): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** `POST /availability/subscriptions`; the contract has checked what is in it. */
export const createAvailabilitySubscription = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const asked = bodyOf(call);
  const kinds = member(asked, 'kinds');
  const one: Subscription = {
    id: ctx.uuid(),
    subscriber: String(member(asked, 'subscriber')),
    channel: member(asked, 'channel') === 'queue' ? 'queue' : 'http',
    ...(Array.isArray(kinds) && kinds.length > 0 ? { kinds: kinds.map(String) } : {}),
  };
  await ctx.transaction((tx) => putSubscription(ctx, tx, one));
  return { status: 201, headers: { location: `${call.base}/availability/subscriptions/${one.id}` }, body: one };
};

export const listAvailabilitySubscriptions = async (_call: Call, ctx: Ctx): Promise<Reply> => ({
  status: 200,
  body: { items: await all(ctx, ctx.sql) },
});

export const deleteAvailabilitySubscription = async ({ params }: Call, ctx: Ctx): Promise<Reply> => {
  const { subscription = '' } = params;
  const gone = await ctx.transaction((tx) =>
    tx.query('delete from shr_subscription where store = $1 and id = $2 returning id', [ctx.store, subscription]),
  );
  if (gone.length === 0) throw problem(NOT_FOUND, `There is no subscription ${subscription}`);
  return { status: 204 };
};
