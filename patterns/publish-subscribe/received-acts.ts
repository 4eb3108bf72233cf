import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import { fetchDetails } from './fetching.ts';
import { lastReceived } from './inbox.ts';
import { allKnown } from './known.ts';

const LISTED = 50;

const list = async (ctx: Ctx) => ({
  subscriptions: (await allKnown(ctx, ctx.sql)).map(({ heard, ...known }) => ({
    ...known,
    heard: new Date(heard).toISOString(),
  })),
  received: (await lastReceived(ctx, ctx.sql, LISTED)).map(({ seq: _, at, ...rest }) => ({
    at: new Date(at).toISOString(),
    ...rest,
  })),
});

/** What a subscriber can be told to do with what it has received, in whatever dialect. */
export const receivedActs: Readonly<Record<string, Act>> = {
  'fetch-details': {
    title: 'Fetch the details',
    summary: 'Reads the record that the last event points to, where it is kept',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => {
      const last = (await lastReceived(ctx, ctx.sql, LISTED)).find(
        ({ focus, kind }) => focus !== '' || kind === 'ping',
      );
      const fetched = last && (await fetchDetails(ctx, last));
      if (fetched === undefined) throw problem(CONFLICT, 'No event has come yet that points to a record');
      return fetched;
    },
  },
  'list-received': {
    title: 'Show what was received',
    summary: 'Subscriptions, what is missing, and what became of each delivery, newest first',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => list(ctx),
  },
};
