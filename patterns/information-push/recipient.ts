import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { listReceived } from './received.ts';

const listing = async (_input: Readonly<Record<string, unknown>>, ctx: Ctx) => ({
  received: (await listReceived(ctx, ctx.sql)).map(({ at, ...one }) => ({ ...one, at: new Date(at).toISOString() })),
});

/** What a recipient can be asked. */
export const recipientActs: Readonly<Record<string, Act>> = {
  'list-received': {
    title: 'List what was received',
    summary: 'Newest first, with how often each came; each had its effect once',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: listing,
  },
};
