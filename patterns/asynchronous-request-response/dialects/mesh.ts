import { mailboxTimers } from '../../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../../sandbox/mailboxes/timers.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { peopleToRefer } from '../examples.ts';
import { looksIntoMailbox, mailActs } from '../mesh-mail.ts';
import { EXCHANGE, mailboxExamples, seedMailboxes } from '../mesh-mailboxes.ts';
import { meshWays } from '../mesh-ways.ts';
import { sendsAgain } from '../requester-timers.ts';
import { transmit } from '../transmit.ts';
import { ways } from '../ways.ts';

/** Messages from mailbox to mailbox, through an exchange. */
export const part: PatternPart = {
  timers: { ...mailboxTimers, [POLL]: looksIntoMailbox, 'send-again': sendsAgain(transmit) },
  acts: { requester: mailActs, provider: mailActs },
  stores: [mailboxStore],
  ways: ways.own(meshWays),
  seed: async (ctx) => {
    if (ctx.participant.name === EXCHANGE) await seedMailboxes(ctx);
  },
  examples: async () => [...mailboxExamples(), ...peopleToRefer()],
};
