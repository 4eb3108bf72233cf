import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** A subscription as its subscriber knows it. */
export interface Known {
  /** The last part of the address that was given for it: by that a delivery is told from those of another. */
  readonly hook: string;
  /** The broker's id; empty until it has answered. */
  readonly subscription: string;
  /** In words or as it was asked: a search, a topic, a type of event. */
  readonly wants: string;
  /** Seconds between heartbeats; 0 where there are none. */
  readonly period: number;
  readonly state: string;
  /** The highest event number that was heard of. */
  readonly number: number;
  /** When something was last heard. */
  readonly heard: number;
  /** Numbers of events that never came. */
  readonly missing: readonly number[];
  readonly note?: string;
}

interface Row extends Omit<Known, 'missing' | 'note'> {
  readonly missing: string;
  readonly note: string | null;
}

const SELECT = 'select hook, subscription, wants, period, state, number, heard, missing, note from pub_known';
const knownOf = ({ missing, note, ...row }: Row): Known => ({
  ...row,
  missing: JSON.parse(missing),
  ...(note === null ? {} : { note }),
});

type Store = Pick<Ctx, 'store'>;

export const findKnown = async (ctx: Store, reader: Reader, hook: string): Promise<Known | undefined> => {
  const [row] = await reader.query<Row>(`${SELECT} where store = $1 and hook = $2`, [ctx.store, hook]);
  return row && knownOf(row);
};

/** The newest first. */
export const allKnown = async (ctx: Store, reader: Reader): Promise<Known[]> => {
  const rows = await reader.query<Row>(`${SELECT} where store = $1`, [ctx.store]);
  return rows.map(knownOf).sort((a, b) => Number(b.hook.slice(1)) - Number(a.hook.slice(1)));
};

export const putKnown = async (ctx: Store, tx: Tx, one: Known): Promise<void> => {
  await tx.query(
    `insert into pub_known (store, hook, subscription, wants, period, state, number, heard, missing, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (store, hook) do update set subscription = $3, wants = $4, period = $5, state = $6, number = $7,
       heard = $8, missing = $9, note = $10`,
    [
      ctx.store,
      one.hook,
      one.subscription,
      one.wants,
      one.period,
      one.state,
      one.number,
      one.heard,
      JSON.stringify(one.missing),
      one.note ?? null,
    ],
  );
};

/** Changes what is known now, which a delivery may have changed in the meantime. */
export const changeKnown = async (ctx: Ctx, tx: Tx, hook: string, changes: Partial<Known>): Promise<void> => {
  const now = await findKnown(ctx, tx, hook);
  if (now !== undefined) await putKnown(ctx, tx, { ...now, ...changes });
};

export const dropKnown = async (ctx: Store, tx: Tx, hook: string): Promise<void> => {
  await tx.query('delete from pub_known where store = $1 and hook = $2', [ctx.store, hook]);
};
