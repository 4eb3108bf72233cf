import { member } from '../act-values.ts';
import type { Ctx, TimerHandler } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
import { POLL, POLLED_EVERY } from './timers.ts';

const LONGEST = 3 * 3_600_000;

/**
 * The timer by which the owner of a mailbox looks into it. Where the exchange cannot be reached, it is tried again, with growing
 * waits of at most three hours.
 */
export const pollsMailbox =
  (look: (ctx: Ctx) => Promise<unknown>): TimerHandler =>
  async ({ data }, ctx) => {
    try {
      await look(ctx);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const failures = Number(member(data, 'failures') ?? 0);
      const due = ctx.now() + Math.min(POLLED_EVERY * 2 ** failures, LONGEST);
      await ctx.transaction((tx) => ctx.schedule(tx, { name: POLL, due, data: { failures: failures + 1 } }));
    }
  };
