import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { takeIn } from './inbox.ts';
import { changeKnown, findKnown, type Known } from './known.ts';
import { parsed, textOf } from './parts.ts';
import { type Notification, readNotification } from './read-notification.ts';

const TAKEN: Reply = { status: 204 };
const MISSING_MAX = 100;
/** What is missing may only be late: so long is waited before it is asked for (PUB-08). */
const PATIENCE = 60_000;

/** What is missing once these numbers have come, and events up to `since` are known to have happened. */
export const missingAfter = (known: Known, numbers: readonly number[], since: number): number[] => {
  const top = Math.max(known.number, since, ...numbers);
  const fresh = Array.from(
    { length: Math.min(MISSING_MAX, top - known.number) },
    (_, index) => known.number + 1 + index,
  );
  return [...known.missing, ...fresh].filter((number) => !numbers.includes(number));
};

/** What a notification says about the stream that it belongs to: that there is one, and how far it has got. */
export const follow = async (ctx: Ctx, tx: Tx, known: Known, { type, status, since, events }: Notification) => {
  const numbers = events.map(({ number }) => number);
  // A handshake is where counting begins, and where it begins again.
  const before = type === 'handshake' && known.number === 0 ? { ...known, number: since } : known;
  const missing = missingAfter(before, numbers, since);
  const isFirst = known.state === 'requested';
  await changeKnown(ctx, tx, known.hook, {
    state: type === 'handshake' ? 'active' : status,
    number: Math.max(before.number, since, ...numbers),
    heard: ctx.now(),
    missing,
  });
  if (missing.length > known.missing.length)
    await ctx.schedule(tx, { name: 'recover', due: ctx.now() + PATIENCE, data: { hook: known.hook } });
  if (type === 'handshake' && known.period > 0 && isFirst)
    await ctx.schedule(tx, {
      name: 'watch',
      due: ctx.now() + 2_000 * known.period,
      data: { hook: known.hook },
    });
};

/** Work that comes after the acknowledgement: details are fetched from where they are (PUB-14). */
export const processLater = async (ctx: Ctx, tx: Tx, work: { seq: number; focus: string; hook: string }) =>
  ctx.enqueue(tx, { consumer: 'process', to: ctx.participant.name, key: ctx.participant.name, body: work });

const required = async (call: Call, ctx: Ctx, tx: Tx): Promise<Known> => {
  const hook = call.params.hook ?? '';
  const known = await findKnown(ctx, tx, hook);
  if (known === undefined) throw problem(NOT_FOUND, `Nothing was subscribed to for /notifications/${hook}`);
  return known;
};

/** All that a notification tells of, however it came. */
export const takeAll = async (ctx: Ctx, tx: Tx, known: Known, notification: Notification): Promise<void> => {
  const { hook } = known;
  const { type: kind, events } = notification;
  if (events.length === 0) await takeIn(ctx, tx, { hook, kind, event: '', focus: '', version: 0 });
  for (const event of events) {
    const { outcome, seq } = await takeIn(ctx, tx, { hook, kind, ...event });
    const unseen = outcome === 'new' && event.version === 0 && event.focus !== '';
    if (unseen) await processLater(ctx, tx, { seq, focus: event.focus, hook });
  }
  await follow(ctx, tx, known, notification);
};

/** R4: nothing but that something has happened, or a notification of the backport. Kept first, and processed afterwards. */
export const takeNotification: Handler = async (call, ctx) => {
  const notification = call.body.length === 0 ? undefined : readNotification(parsed(call.body));
  if (call.body.length > 0 && notification === undefined)
    throw problem(BAD_REQUEST, 'The body is no Bundle that begins with a subscription status');
  await ctx.transaction(async (tx) => {
    const known = await required(call, ctx, tx);
    if (notification !== undefined) return takeAll(ctx, tx, known, notification);
    const { hook } = known;
    const { seq } = await takeIn(ctx, tx, { hook, kind: 'ping', event: '', focus: '', version: 0 });
    await processLater(ctx, tx, { seq, focus: '', hook });
    await changeKnown(ctx, tx, hook, { heard: ctx.now(), state: 'active' });
  });
  return TAKEN;
};

/** R4 with a payload: the record itself, as an update below the address. */
export const takeRecord: Handler = async (call, ctx) => {
  const { type = '', id = '' } = call.params;
  const record = parsed(call.body);
  if (textOf(record, 'resourceType') !== type || textOf(record, 'id') !== id)
    throw problem(BAD_REQUEST, `The body is not ${type}/${id}, as the address says`);
  const version = textOf(record, 'meta', 'versionId') ?? '0';
  const source = textOf(record, 'meta', 'source');
  await ctx.transaction(async (tx) => {
    const { hook } = await required(call, ctx, tx);
    const focus = `${type}/${id}`;
    await takeIn(ctx, tx, {
      hook,
      kind: 'record',
      event: `${focus}/_history/${version}`,
      focus,
      version: Number(version),
      ...(source === undefined ? {} : { source }),
    });
    await changeKnown(ctx, tx, hook, { heard: ctx.now(), state: 'active' });
  });
  return TAKEN;
};
