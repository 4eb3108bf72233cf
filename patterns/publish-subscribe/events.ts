import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import type { Subscription } from './subscriptions.ts';

/** What happened to a record; in MNS, what was published. */
export type Deed = 'create' | 'update' | 'delete' | 'publish';

/** An event as one subscription counts it. */
export interface NewsEvent {
  /** 1 at first; FHIR's eventsSinceSubscriptionStart once it has happened. */
  readonly number: number;
  readonly at: number;
  /** `Patient/9000000009`; in MNS the id of the CloudEvent. */
  readonly focus: string;
  /** Of the record, as it was then. */
  readonly version: number;
  readonly deed: Deed;
  /** In MNS, the CloudEvent. */
  readonly body?: string;
}

interface Row extends Omit<NewsEvent, 'body'> {
  readonly body: string | null;
}

const SELECT = 'select number, at, focus, version, deed, body from pub_event where store = $1 and subscription = $2';
const eventOf = ({ body, ...row }: Row): NewsEvent => ({ ...row, ...(body === null ? {} : { body }) });

/** The events of a subscription with these numbers, both included, at most `limit`. */
export const eventsBetween = async (
  ctx: Pick<Ctx, 'store'>,
  reader: Reader,
  subscription: string,
  [from, to]: readonly [number, number],
  limit = 500,
): Promise<NewsEvent[]> => {
  const rows = await reader.query<Row>(`${SELECT} and number >= $3 and number <= $4 order by number limit $5`, [
    ctx.store,
    subscription,
    from,
    to,
    limit,
  ]);
  return rows.map(eventOf);
};

/** What was looked at for a subscription, and why it was, or was not, for it. */
export interface Considered {
  readonly what: string;
  readonly matched: boolean;
  readonly because: string;
}

/** So many of the last are kept for each subscription. */
const KEPT = 20;

/** Notes that an event was looked at for a subscription; where it matched, it is counted and kept, delivered or not. */
export const countEvent = async (
  ctx: Ctx,
  tx: Tx,
  one: Subscription,
  considered: Considered,
  event: Omit<NewsEvent, 'number' | 'at'>,
): Promise<number | undefined> => {
  const matched = considered.matched ? 1 : 0;
  const [row] = await tx.query<{ events: number; considered: number }>(
    `update pub_subscription set considered = considered + 1, events = events + $3 where store = $1 and id = $2
     returning events, considered`,
    [ctx.store, one.id, matched],
  );
  if (row === undefined) return undefined;
  await tx.query(
    `insert into pub_considered (store, subscription, slot, at, what, matched, because) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (store, subscription, slot) do update set at = $4, what = $5, matched = $6, because = $7`,
    [ctx.store, one.id, row.considered % KEPT, ctx.now(), considered.what, matched, considered.because],
  );
  if (!considered.matched) return undefined;
  await tx.query(
    `insert into pub_event (store, subscription, number, at, focus, version, deed, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [ctx.store, one.id, row.events, ctx.now(), event.focus, event.version, event.deed, event.body ?? null],
  );
  return row.events;
};

/** The last events that were looked at for a subscription, newest first. */
export const lastConsidered = async (ctx: Ctx, { id, considered }: Subscription) => {
  const rows = await ctx.sql.query<{ slot: number; at: number; what: string; matched: number; because: string }>(
    'select slot, at, what, matched, because from pub_considered where store = $1 and subscription = $2',
    [ctx.store, id],
  );
  // A slot is used again after KEPT events: how long ago it was used last is the order.
  const age = (slot: number): number => (((considered - slot) % KEPT) + KEPT) % KEPT;
  return rows
    .sort((a, b) => age(a.slot) - age(b.slot))
    .map(({ at, what, matched, because }) => ({
      at: new Date(at).toISOString(),
      what,
      matched: matched !== 0,
      because,
    }));
};
