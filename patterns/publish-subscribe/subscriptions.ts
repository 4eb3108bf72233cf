import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** `base`: R4 as it stands, by criteria. `topic`: the R5 backport. `signal`: to a queue or a mailbox. */
export type Flavour = 'base' | 'topic' | 'signal';
export type State = 'requested' | 'active' | 'error' | 'off';

/** A search that what happened has to match; of a topic it is a filter, and there may be several. */
export interface Criterion {
  readonly type: string;
  /** A query string, without `?`. */
  readonly query: string;
}

/**
 * Where notifications go: a participant of the sandbox and the path below its base, or one of the broker's queues; nowhere, where
 * who subscribes comes for them (`stream`).
 */
export type Place =
  | { readonly participant: string; readonly path: string; readonly endpoint: string }
  | { readonly queue: string; readonly endpoint: string }
  /** Of MESH. */
  | { readonly mailbox: string; readonly workflow: string; readonly endpoint: string }
  /** Ours: the queue that a participant outside has on the broker. */
  | { readonly outside: string; readonly endpoint: string }
  | { readonly stream: true; readonly endpoint: '' };

/** What is asked for, as read from the resource. */
export interface Wants {
  readonly criteria: readonly Criterion[];
  readonly topic?: string;
  /** In MNS, what of an event has to be equal to what: `eventType` and `filtering`. */
  readonly equals?: Readonly<Record<string, string>>;
  readonly content?: 'empty' | 'id-only' | 'full-resource';
  /** A MIME type; R4 sends nothing where there is none. */
  readonly payload?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In MNS, the headers with which the details are fetched that come along. */
  readonly hydration?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly heartbeat?: number;
  readonly timeout?: number;
  /** Events in one notification, at most; one unless told. */
  readonly maxCount?: number;
  /** Ms since the epoch. */
  readonly end?: number;
}

export interface Subscription {
  readonly id: string;
  readonly flavour: Flavour;
  readonly owner: string;
  readonly place: Place;
  readonly wants: Wants;
  readonly state: State;
  readonly reason?: string;
  /** Goes up each time it is asked for anew: timers of an earlier run have nothing more to do. */
  readonly run: number;
  /** Events since it began, whether they could be delivered or not. */
  readonly events: number;
  /** Events that were looked at for it. */
  readonly considered: number;
  /** When something was last delivered. */
  readonly sent?: number;
  /** Up to which number events were delivered, where several go together; else it is not counted. */
  readonly told: number;
  readonly created: number;
}

interface Row {
  readonly id: string;
  readonly flavour: Flavour;
  readonly owner: string;
  readonly place: string;
  readonly wants: string;
  readonly state: State;
  readonly reason: string | null;
  readonly run: number;
  readonly events: number;
  readonly considered: number;
  readonly sent: number | null;
  readonly told: number;
  readonly created: number;
}

const SELECT =
  'select id, flavour, owner, place, wants, state, reason, run, events, considered, sent, told, created from pub_subscription';

const subscriptionOf = ({ place, wants, reason, sent, ...row }: Row): Subscription => ({
  ...row,
  // Both were written by putSubscription.
  place: JSON.parse(place) as Place,
  wants: JSON.parse(wants) as Wants,
  ...(reason === null ? {} : { reason }),
  ...(sent === null ? {} : { sent }),
});

type Store = Pick<Ctx, 'store'>;

export const findSubscription = async (ctx: Store, reader: Reader, id: string): Promise<Subscription | undefined> => {
  const [row] = await reader.query<Row>(`${SELECT} where store = $1 and id = $2`, [ctx.store, id]);
  return row && subscriptionOf(row);
};

export const allSubscriptions = async (ctx: Store, reader: Reader): Promise<Subscription[]> =>
  (await reader.query<Row>(`${SELECT} where store = $1 order by created, id`, [ctx.store])).map(subscriptionOf);

/** Those that events are counted for: also those in error, whose counts go on so that a gap can be seen (Backport, errors). */
export const listening = async (ctx: Store, tx: Tx): Promise<Subscription[]> =>
  (
    await tx.query<Row>(`${SELECT} where store = $1 and (state = 'active' or state = 'error') order by created, id`, [
      ctx.store,
    ])
  ).map(subscriptionOf);

export const putSubscription = async (ctx: Store, tx: Tx, one: Subscription): Promise<void> => {
  await tx.query(
    `insert into pub_subscription (store, id, flavour, owner, place, wants, state, reason, run, events, considered, sent, created, told)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (store, id) do update set flavour = $3, owner = $4, place = $5, wants = $6, state = $7, reason = $8,
       run = $9, events = $10, considered = $11, sent = $12, told = $14`,
    [
      ctx.store,
      one.id,
      one.flavour,
      one.owner,
      JSON.stringify(one.place),
      JSON.stringify(one.wants),
      one.state,
      one.reason ?? null,
      one.run,
      one.events,
      one.considered,
      one.sent ?? null,
      one.created,
      one.told,
    ],
  );
};

export const dropSubscription = async (ctx: Store, tx: Tx, id: string): Promise<void> => {
  for (const table of ['pub_event', 'pub_considered'])
    await tx.query(`delete from ${table} where store = $1 and subscription = $2`, [ctx.store, id]);
  await tx.query('delete from pub_subscription where store = $1 and id = $2', [ctx.store, id]);
};

/** Something was delivered; `told` where it is counted up to which number. */
export const markSent = async (ctx: Ctx, tx: Tx, id: string, told?: number): Promise<void> => {
  await tx.query('update pub_subscription set sent = $3, told = coalesce($4, told) where store = $1 and id = $2', [
    ctx.store,
    id,
    ctx.now(),
    told ?? null,
  ]);
};
