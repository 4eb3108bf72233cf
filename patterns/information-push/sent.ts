import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import type { Via } from './received.ts';

/**
 * What the sender knows: `sent` and nothing yet; `accepted` for delivery, which is not delivered; `acknowledged` by the
 * recipient's system; `refused`; `unknown`, no reply; `not-delivered`, which somebody has to look at; `looked-into` by somebody.
 */
export type SentState = 'sent' | 'accepted' | 'acknowledged' | 'refused' | 'unknown' | 'not-delivered' | 'looked-into';

export interface Sent {
  readonly seq: number;
  readonly message: string;
  readonly via: Via;
  readonly recipient: string;
  readonly at: number;
  readonly state: SentState;
  readonly reason: string | null;
}

/** Kept before it goes out, so that a report that is quicker than the acceptance finds it. */
export const keepSent = async (ctx: Ctx, tx: Tx, message: string, via: Via, recipient: string): Promise<void> => {
  await tx.query(
    `insert into psh_sent (store, seq, message, via, recipient, at, state) values ($1, $2, $3, $4, $5, $6, 'sent')`,
    [ctx.store, await ctx.next(tx), message, via, recipient, ctx.now()],
  );
};

/** What came of sending it; what a report has said meanwhile stays. */
export const noteSent = async (ctx: Ctx, tx: Tx, message: string, state: SentState, reason?: string): Promise<void> => {
  await tx.query(
    `update psh_sent set state = $3, reason = $4 where store = $1 and message = $2 and state in ('sent', 'unknown')`,
    [ctx.store, message, state, reason ?? null],
  );
};

/** A report or an acknowledgement, matched by the id that it names; one that names nothing known changes nothing. */
export const noteReport = async (
  ctx: Ctx,
  tx: Tx,
  message: string,
  state: 'acknowledged' | 'refused' | 'not-delivered',
  reason: string | undefined,
): Promise<void> => {
  await tx.query('update psh_sent set state = $3, reason = $4 where store = $1 and message = $2', [
    ctx.store,
    message,
    state,
    reason ?? null,
  ]);
};

/** Somebody has looked at what was not delivered; undone where it was not waiting for that. */
export const noteLookedInto = async (ctx: Ctx, tx: Tx, message: string): Promise<{ readonly noted: boolean }> => {
  const rows = await tx.query(
    `update psh_sent set state = 'looked-into' where store = $1 and message = $2 and state in ('not-delivered', 'refused')
     returning message`,
    [ctx.store, message],
  );
  return { noted: rows.length > 0 };
};

const LISTED_MAX = 200;

/** Newest first. */
export const listSent = (ctx: Ctx, reader: Reader): Promise<Sent[]> =>
  reader.query<Sent>(
    'select seq, message, via, recipient, at, state, reason from psh_sent where store = $1 order by seq desc limit $2',
    [ctx.store, LISTED_MAX],
  );
