import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** What became of a delivery at the subscriber. */
export type Outcome = 'new' | 'repeat' | 'older' | 'own' | 'recovered' | 'noted';

/** Something that was delivered, as it was understood. */
export interface Delivery {
  readonly hook: string;
  readonly kind: string;
  /** By which a repeat is recognised; empty where nothing tells one from another. */
  readonly event: string;
  /** The record that it is about; empty where it does not say. */
  readonly focus: string;
  /** Of that record; 0 where it does not say. */
  readonly version: number;
  /** Who says that it changed, where it says so. */
  readonly source?: string;
}

export interface Received extends Omit<Delivery, 'source'> {
  readonly seq: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly because?: string;
  /** What was fetched about it afterwards. */
  readonly details?: string;
}

interface Row extends Omit<Received, 'because' | 'details'> {
  readonly because: string | null;
  readonly details: string | null;
}

const SELECT = 'select seq, at, hook, kind, event, focus, version, outcome, because, details from pub_inbox';
const receivedOf = ({ because, details, ...row }: Row): Received => ({
  ...row,
  ...(because === null ? {} : { because }),
  ...(details === null ? {} : { details }),
});

/** The last deliveries, newest first. */
export const lastReceived = async (ctx: Pick<Ctx, 'store'>, reader: Reader, limit: number): Promise<Received[]> => {
  const rows = await reader.query<Row>(`${SELECT} where store = $1 order by seq desc limit $2`, [ctx.store, limit]);
  return rows.map(receivedOf);
};

const newest = async (ctx: Ctx, tx: Tx, focus: string): Promise<number> => {
  const [row] = await tx.query<{ version: number }>('select version from pub_newest where store = $1 and focus = $2', [
    ctx.store,
    focus,
  ]);
  return row?.version ?? 0;
};

/** The version of a record that the subscriber has now seen. */
export const noteVersion = async (ctx: Ctx, tx: Tx, focus: string, version: number): Promise<void> => {
  if (focus === '' || version === 0) return;
  await tx.query(
    `insert into pub_newest (store, focus, version) values ($1, $2, $3)
     on conflict (store, focus) do update set version = $3 where pub_newest.version < $3`,
    [ctx.store, focus, version],
  );
};

const judged = async (ctx: Ctx, tx: Tx, one: Delivery): Promise<{ outcome: Outcome; because?: string }> => {
  if (one.focus === '' && one.event === '') return { outcome: 'noted' };
  if (one.event !== '') {
    const [before] = await tx.query('select seq from pub_inbox where store = $1 and hook = $2 and event = $3 limit 1', [
      ctx.store,
      one.hook,
      one.event,
    ]);
    if (before !== undefined) return { outcome: 'repeat', because: `${one.event} has come before` };
  }
  if (one.source !== undefined && one.source === ctx.baseOf(ctx.participant.name))
    return { outcome: 'own', because: 'it is the echo of a change of its own' };
  const known = await newest(ctx, tx, one.focus);
  if (one.version > 0 && one.version < known)
    return { outcome: 'older', because: `version ${known} of ${one.focus} is known already` };
  return { outcome: 'new' };
};

/**
 * Takes a delivery in, once: what came before is a repeat, what is older than what is known is put aside, and what is one's
 * own echo is recognised. Returns what became of it, and its number in the inbox.
 */
export const takeIn = async (
  ctx: Ctx,
  tx: Tx,
  one: Delivery,
  recovered = false,
): Promise<{ readonly outcome: Outcome; readonly seq: number }> => {
  const { outcome, because } = await judged(ctx, tx, one);
  const said = recovered && outcome === 'new' ? 'recovered' : outcome;
  const seq = await ctx.next(tx);
  await tx.query(
    `insert into pub_inbox (store, seq, at, hook, kind, event, focus, version, outcome, because)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [ctx.store, seq, ctx.now(), one.hook, one.kind, one.event, one.focus, one.version, said, because ?? null],
  );
  if (outcome === 'new') await noteVersion(ctx, tx, one.focus, one.version);
  return { outcome: said, seq };
};

export const noteDetails = async (ctx: Ctx, tx: Tx, seq: number, details: string): Promise<void> => {
  await tx.query('update pub_inbox set details = $3 where store = $1 and seq = $2', [ctx.store, seq, details]);
};
