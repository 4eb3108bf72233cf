import { member } from '../act-values.ts';
import type { Ctx, Timer, TimerHandler } from '../pattern.ts';
import { findMail } from './mail.ts';
import { report } from './send.ts';
import { EXPIRY, PURGE } from './timers.ts';

const UNDELIVERED = { code: '14', reason: 'Message not collected by recipient after 5 days' };

const messageOf = ({ data }: Timer): string => String(member(data, 'message') ?? '');

/** Nobody has collected it in five days: it leaves the inbox, and its sender is told. */
const expire: TimerHandler = async (timer: Timer, ctx: Ctx) => {
  await ctx.transaction(async (tx) => {
    const mail = await findMail(ctx, tx, messageOf(timer));
    if (mail?.status !== 'accepted') return;
    const { code, reason } = UNDELIVERED;
    // A report that nobody collects is not reported in its turn; what it says stays as it was.
    await tx.query(
      `update mailbox_message set status = 'undeliverable', settled = $3, code = coalesce(code, $4),
         reason = coalesce(reason, $5) where store = $1 and message = $2`,
      [ctx.store, mail.message, ctx.now(), code, reason],
    );
    await report(ctx, tx, mail, code, reason);
  });
};

/** After thirty days nothing is left of it, however it went. */
const purge: TimerHandler = async (timer: Timer, ctx: Ctx) => {
  const message = messageOf(timer);
  await ctx.transaction(async (tx) => {
    await tx.query('delete from mailbox_chunk where store = $1 and message = $2', [ctx.store, message]);
    await tx.query('delete from mailbox_message where store = $1 and message = $2', [ctx.store, message]);
  });
};

/** The timers of a pattern with mailboxes, beside its own `mailbox-poll`. */
export const mailboxTimers: Readonly<Record<string, TimerHandler>> = { [EXPIRY]: expire, [PURGE]: purge };
