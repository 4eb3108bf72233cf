import type { Consumer } from '../../sandbox/pattern.ts';
import { dueNotice, telling } from './due-notice.ts';
import { deliverToMailbox } from './mns-mail.ts';
import { deliverToQueue } from './mns-queue.ts';

/** Puts an event where its subscriber looks for it: into a queue, or into a mailbox. */
export const notify: Consumer = {
  ...telling,
  handle: async (message, ctx) => {
    const due = await dueNotice(message, ctx);
    if (due === undefined) return;
    const { one, notice } = due;
    const { place } = one;
    if ('queue' in place) await deliverToQueue(ctx, one, place.queue, notice.number ?? 0);
    if ('mailbox' in place) await deliverToMailbox(ctx, one, place, notice.number ?? 0);
  },
};
