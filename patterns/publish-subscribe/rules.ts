import type { FhirResource, StoredRow } from '../../sandbox/fhir/stored.ts';
import type { AfterWrite, BeforeWrite, WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { problem, UNPROCESSABLE } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { countEvent, type Deed } from './events.ts';
import { judge, wordsOf } from './matching.ts';
import { enqueueNotice, ownWords } from './notice.ts';
import { parsed, textOf } from './parts.ts';
import { readSubscription } from './read-subscription.ts';
import { dropSubscription, findSubscription, listening, type Place, putSubscription } from './subscriptions.ts';

const ownerOf = (place: Place): string => {
  if ('participant' in place) return place.participant;
  return 'outside' in place ? place.outside : '';
};

/** Asked for, or asked for again: what is in the way is said now, and a topic's address is shaken hands with first. */
const request = async (ctx: WritingCtx, tx: Tx, id: string, resource: FhirResource): Promise<void> => {
  const before = await findSubscription(ctx, tx, id);
  const { flavour, place, wants } = readSubscription(ctx, resource);
  const run = (before?.run ?? 0) + 1;
  await putSubscription(ctx, tx, {
    id,
    flavour,
    owner: ownerOf(place),
    place,
    wants,
    state: 'requested',
    run,
    events: before?.events ?? 0,
    considered: before?.considered ?? 0,
    told: before?.told ?? 0,
    created: before?.created ?? ctx.now(),
  });
  const kind = flavour === 'base' ? 'activate' : 'handshake';
  await enqueueNotice(
    ctx,
    tx,
    { subscription: id, run, kind },
    flavour === 'base' ? undefined : ownWords({ wants }, 'handshake'),
  );
  if (wants.end !== undefined)
    await ctx.schedule(tx, { name: 'subscription-end', due: wants.end, data: { subscription: id, run } });
};

/** A client asks for a subscription and ends it; whether it is active or in error is the broker's to say (subscription.html). */
const keepSubscription = async (
  ctx: WritingCtx,
  tx: Tx,
  id: string,
  before: StoredRow | undefined,
  after: FhirResource,
): Promise<void> => {
  const { status } = after;
  if (status === 'requested') return request(ctx, tx, id, after);
  const at = 'Subscription.status';
  if (before === undefined)
    throw problem(UNPROCESSABLE, `A subscription is asked for in status requested, not ${String(status)}`, { at });
  const known = await findSubscription(ctx, tx, id);
  if (known !== undefined && status === 'off') {
    await putSubscription(ctx, tx, { ...known, state: 'off' });
    return;
  }
  const same =
    known !== undefined && JSON.stringify(readSubscription(ctx, after).wants) === JSON.stringify(known.wants);
  if (same && status === textOf(parsed(before.body), 'status')) return;
  throw problem(UNPROCESSABLE, 'What is changed is asked for anew: in status requested, or off to end it', { at });
};

/** Counts a change for every subscription that it is for, and puts what they are to be told into the queue. */
const tell = async (
  ctx: WritingCtx,
  tx: Tx,
  change: { readonly type: string; readonly id: string; readonly deed: Deed; readonly version: number },
): Promise<void> => {
  const what = wordsOf(change);
  const focus = `${change.type}/${change.id}`;
  for (const one of await listening(ctx, tx)) {
    const verdict = await judge(ctx, tx, one, change);
    const event = { focus, version: change.version, deed: change.deed };
    const number = await countEvent(ctx, tx, one, { what, ...verdict }, event);
    if (number !== undefined && one.state === 'active')
      await enqueueNotice(ctx, tx, { subscription: one.id, run: one.run, kind: 'event', number }, change.id);
  }
};

const isBroker = (ctx: WritingCtx): boolean => ctx.participant.name === 'broker';

/** What is asked of the broker, and what is about to be deleted, which can still be searched. */
export const beforeWrite: BeforeWrite = async (ctx, tx, { type, id, before, after }) => {
  if (!isBroker(ctx)) return;
  if (type === 'Subscription') {
    if (after === undefined) await dropSubscription(ctx, tx, id);
    else await keepSubscription(ctx, tx, id, before, after);
  } else if (after === undefined && before !== undefined)
    await tell(ctx, tx, { type, id, deed: 'delete', version: before.version });
};

/** What has been written, and can be searched now. */
export const afterWrite: AfterWrite = async (ctx, tx, { type, id, before, after }) => {
  if (!isBroker(ctx) || after === undefined || type === 'Subscription') return;
  await tell(ctx, tx, { type, id, deed: before === undefined ? 'create' : 'update', version: after.version });
};
