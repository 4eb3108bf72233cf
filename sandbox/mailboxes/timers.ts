import type { Ctx } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import type { Mailbox } from './directory.ts';

const DAY = 24 * 3_600_000;

/** Names of timers that a pattern with mailboxes has: the first two are `mailboxTimers`, the third is its own. */
export const EXPIRY = 'mailbox-expiry';
export const PURGE = 'mailbox-purge';
/** Fires as the owner of a mailbox in which something lies: it is time to poll. */
export const POLL = 'mailbox-poll';

/** In an inbox for so long; then the sender is told. */
export const COLLECTED_WITHIN = 5 * DAY;
/** Nothing is left of a message after that. */
export const KEPT_FOR = 30 * DAY;
/** A simulated owner polls so often. Polls that would find nothing are not played. */
export const POLLED_EVERY = 5 * 60_000;

/** The owner finds what lies in its mailbox when it polls next; one poll finds all that has come by then. */
export const wakeOwner = async (ctx: Ctx, tx: Tx, { mailbox, participant }: Mailbox): Promise<void> => {
  if (participant === null) return;
  const due = ctx.now() + POLLED_EVERY;
  const woken = await tx.query(
    `update mailbox set polls = $3 where store = $1 and mailbox = $2 and (polls is null or polls <= $4) returning mailbox`,
    [ctx.store, mailbox, due, ctx.now()],
  );
  if (woken.length > 0) await ctx.schedule(tx, { name: POLL, due, data: { mailbox }, participant });
};
