import { mailboxTimers } from '../../../sandbox/mailboxes/expiry.ts';
import { mailboxStore } from '../../../sandbox/mailboxes/tables.ts';
import { POLL } from '../../../sandbox/mailboxes/timers.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { mailOut } from '../mesh-acknowledgement.ts';
import { looksIntoMailbox, mailRecipientActs, mailSenderActs } from '../mesh-acts.ts';
import { mailStore } from '../mesh-mail.ts';
import { mailboxExamples, seedMailboxes } from '../mesh-mailboxes.ts';

/** The mailboxes of the exchange, and what their owners do there. */
export const part: PatternPart = {
  consumers: { 'mail-out': mailOut },
  timers: { ...mailboxTimers, [POLL]: looksIntoMailbox },
  acts: { sender: mailSenderActs, recipient: mailRecipientActs },
  stores: [mailboxStore, mailStore],
  seed: async (ctx) => {
    if (ctx.participant.name === 'broker') await seedMailboxes(ctx);
  },
  examples: async () => mailboxExamples(),
};
