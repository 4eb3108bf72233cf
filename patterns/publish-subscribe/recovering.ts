import type { Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import { takeIn } from './inbox.ts';
import { changeKnown, findKnown, type Known } from './known.ts';
import { listOf, parsed, partOf, textOf } from './parts.ts';
import { readNotification } from './read-notification.ts';
import { toBroker } from './subscribing.ts';
import { missingAfter, processLater } from './take.ts';

/** What the broker says of a subscription; undefined where it says nothing that can be read. */
export const askStatus = async (ctx: Ctx, known: Known) => {
  const reply = await toBroker(ctx, 'GET', `/Subscription/${known.subscription}/$status`);
  const status = partOf(listOf(parsed(reply.body), 'entry')[0], 'resource');
  const said = readNotification({ resourceType: 'Bundle', entry: [{ resource: status }] });
  return { status: reply.status, exchange: reply.exchange, ...(said === undefined ? {} : { said }) };
};

/** Asks how it stands, and notes what it is told. */
export const checkStatus = async (ctx: Ctx, known: Known) => {
  const { said, ...answered } = await askStatus(ctx, known);
  const state = said?.status ?? `unknown (${answered.status})`;
  await ctx.transaction((tx) => changeKnown(ctx, tx, known.hook, { state }));
  return { subscription: known.subscription, state, events: said?.since ?? null, ...answered };
};

/** Fetches the events that are missing, and those that nobody has told it of ($events; PUB-08). */
export const recover = async (ctx: Ctx, known: Known) => {
  const { said } = await askStatus(ctx, known);
  const missing = missingAfter(known, [], said?.since ?? known.number);
  const [first] = missing;
  const last = missing.at(-1);
  if (first === undefined || last === undefined)
    return { subscription: known.subscription, recovered: [], missing: [] };
  const path = `/Subscription/${known.subscription}/$events?eventsSinceNumber=${first}&eventsUntilNumber=${last}`;
  const reply = await toBroker(ctx, 'GET', path);
  const events = readNotification(parsed(reply.body))?.events ?? [];
  const wanted = events.filter(({ number }) => missing.includes(number));
  const numbers = wanted.map(({ number }) => number);
  const still = missing.filter((number) => !numbers.includes(number));
  await ctx.transaction(async (tx) => {
    for (const event of wanted) {
      const { outcome, seq } = await takeIn(ctx, tx, { hook: known.hook, kind: 'query-event', ...event }, true);
      if (outcome === 'recovered' && event.version === 0 && event.focus !== '')
        await processLater(ctx, tx, { seq, focus: event.focus, hook: known.hook });
    }
    const number = Math.max(known.number, said?.since ?? 0);
    await changeKnown(ctx, tx, known.hook, { missing: still, number });
  });
  return { subscription: known.subscription, recovered: numbers, missing: still, exchange: reply.exchange };
};

const knownOf = (ctx: Ctx, data: unknown): Promise<Known | undefined> =>
  findKnown(ctx, ctx.sql, textOf(data, 'hook') ?? '');

/** What is still missing when it could have come by itself. */
const recoverMissing: TimerHandler = async ({ data }, ctx) => {
  const known = await knownOf(ctx, data);
  if (known !== undefined && known.missing.length > 0) await recover(ctx, known);
};

/** Two heartbeats that did not come are a silence: it asks (PUB-12). */
const watch: TimerHandler = async ({ data }, ctx) => {
  const known = await knownOf(ctx, data);
  if (known === undefined) return;
  const patience = 2_000 * known.period;
  const silent = known.heard + patience <= ctx.now();
  const told = silent ? await checkStatus(ctx, known) : undefined;
  await ctx.transaction(async (tx) => {
    if (told !== undefined) {
      const since = new Date(known.heard).toISOString();
      await changeKnown(ctx, tx, known.hook, { note: `Silent since ${since}; the broker says ${told.state}` });
    }
    const due = silent ? ctx.now() + patience : known.heard + patience;
    await ctx.schedule(tx, { name: 'watch', due, data });
  });
};

export const subscriberTimers: Readonly<Record<string, TimerHandler>> = { recover: recoverMissing, watch };
