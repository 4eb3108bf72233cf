import type { Ctx } from '../../sandbox/pattern.ts';
import { firstOrganisations, putOrganisation } from './organisations.ts';
import { putSubscription } from './subscriptions.ts';
import { ways } from './ways.ts';

/** Who may do what, and who is told; what is in the repository, its dialect says. */
export const seedOrganisations = async (ctx: Ctx): Promise<void> => {
  if (ctx.participant.name !== 'repository') return;
  await ctx.transaction(async (tx) => {
    for (const organisation of firstOrganisations(ways.in(ctx))) await putOrganisation(ctx, tx, organisation);
    await putSubscription(ctx, tx, { id: 'requester-by-http', subscriber: 'requester', channel: 'http' });
  });
};
