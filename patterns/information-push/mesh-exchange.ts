import type { Box } from '../../sandbox/mailboxes/client.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { mailboxOf } from './mesh-mailboxes.ts';

/** The own mailbox, at the exchange. */
export const boxOf = (ctx: Ctx): Box => ({ exchange: 'broker', mailbox: mailboxOf(ctx) });
