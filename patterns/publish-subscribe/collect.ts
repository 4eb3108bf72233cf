import type { Consumer, Ctx } from '../../sandbox/pattern.ts';
import { collecting } from './collecting.ts';
import { allKnown } from './known.ts';
import { parsed } from './parts.ts';
import { readNotification } from './read-notification.ts';
import { takeAll } from './take.ts';

/** A message is what would have been posted. */
const takeMessage = async (ctx: Ctx, subscription: string, body: Uint8Array): Promise<void> => {
  const known = (await allKnown(ctx, ctx.sql)).find((one) => one.subscription === subscription);
  const notification = readNotification(parsed(body));
  if (known === undefined || notification === undefined) return;
  await ctx.transaction((tx) => takeAll(ctx, tx, known, notification));
};

/** Takes what the broker put into the queue. */
export const collect: Consumer = {
  ...collecting,
  handle: async (message, ctx) => {
    const { subscription } = message.headers;
    if (subscription !== undefined) await takeMessage(ctx, subscription, message.body);
  },
};
