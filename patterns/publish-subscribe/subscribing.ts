import type { Ctx, Incoming } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import { BACKPORT_SUBSCRIPTION, FILTER_CRITERIA, HEARTBEAT_PERIOD, MAX_COUNT, PAYLOAD_CONTENT } from './extensions.ts';
import { allKnown, changeKnown, dropKnown, type Known, putKnown } from './known.ts';
import { parsed, textOf } from './parts.ts';

const FHIR = { accept: 'application/fhir+json', 'content-type': 'application/fhir+json' };

export const toBroker = (ctx: Ctx, method: string, path: string, body?: object): Promise<Incoming> =>
  ctx.send('broker', { method, path: `/FHIR/R4${path}`, headers: FHIR, ...(body === undefined ? {} : { body }) });

export interface TopicWish {
  readonly topic: string;
  readonly filter?: string;
  readonly content: string;
  readonly heartbeat: number;
  /** Events in one notification, at most. */
  readonly maxCount?: number;
}

const channelExtensions = ({ heartbeat, maxCount }: TopicWish) => {
  const extension = [
    ...(heartbeat === 0 ? [] : [{ url: HEARTBEAT_PERIOD, valueUnsignedInt: heartbeat }]),
    ...(maxCount === undefined ? [] : [{ url: MAX_COUNT, valuePositiveInt: maxCount }]),
  ];
  return extension.length === 0 ? {} : { extension };
};

/** R4 Subscription as the backport profiles it. */
export const topicSubscription = (endpoint: string, wish: TopicWish) => ({
  resourceType: 'Subscription',
  meta: { profile: [BACKPORT_SUBSCRIPTION] },
  status: 'requested',
  reason: 'To keep a list of our own up to date',
  criteria: wish.topic,
  ...(wish.filter === undefined
    ? {}
    : { _criteria: { extension: [{ url: FILTER_CRITERIA, valueString: wish.filter }] } }),
  channel: {
    ...channelExtensions(wish),
    type: endpoint.startsWith('queue:') ? 'message' : 'rest-hook',
    endpoint,
    payload: 'application/fhir+json',
    _payload: { extension: [{ url: PAYLOAD_CONTENT, valueCode: wish.content }] },
  },
});

/** R4 as it stands: a search, and whether the record is sent along. */
export const criteriaSubscription = (endpoint: string, criteria: string, withRecord: boolean) => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'To keep a list of our own up to date',
  criteria,
  channel: { type: 'rest-hook', endpoint, ...(withRecord ? { payload: 'application/fhir+json' } : {}) },
});

/** Knows of it before it is asked for, because the handshake may come before the answer (PUB-01). */
export const subscribe = async (
  ctx: Ctx,
  { wants, period }: Pick<Known, 'wants' | 'period'>,
  resourceFor: (endpoint: string) => object,
  byQueue = false,
) => {
  const known: Omit<Known, 'hook'> = {
    subscription: '',
    wants,
    period,
    state: 'requested',
    number: 0,
    heard: ctx.now(),
    missing: [],
  };
  const hook = await ctx.transaction(async (tx) => {
    const made = `s${await ctx.next(tx)}`;
    await putKnown(ctx, tx, { ...known, hook: made });
    return made;
  });
  const { name } = ctx.participant;
  const endpoint = byQueue ? `queue:${name}` : `${ctx.baseOf(name)}/notifications/${hook}`;
  const reply = await toBroker(ctx, 'POST', '/Subscription', resourceFor(endpoint));
  const subscription = textOf(parsed(reply.body), 'id') ?? '';
  const made = reply.status === 201;
  await ctx.transaction((tx) => (made ? changeKnown(ctx, tx, hook, { subscription }) : dropKnown(ctx, tx, hook)));
  const because = textOf(parsed(reply.body), 'issue', 0, 'diagnostics');
  return {
    status: reply.status,
    exchange: reply.exchange,
    ...(made ? { subscription, endpoint } : {}),
    ...(because === undefined ? {} : { because }),
  };
};

/** The subscription that is meant: by its id, or the newest. */
export const chosen = async (ctx: Ctx, input: Readonly<Record<string, unknown>>): Promise<Known> => {
  const all = await allKnown(ctx, ctx.sql);
  const id = typeof input.subscription === 'string' && input.subscription !== '' ? input.subscription : undefined;
  const found = id === undefined ? all[0] : all.find(({ subscription, hook }) => subscription === id || hook === id);
  if (found === undefined)
    throw problem(CONFLICT, id === undefined ? 'Nothing is subscribed to' : `There is no subscription ${id}`);
  return found;
};

/** Ends it; what is on its way may still come. */
export const unsubscribe = async (ctx: Ctx, known: Known) => {
  const reply = await toBroker(ctx, 'DELETE', `/Subscription/${known.subscription}`);
  const over = reply.status < 300 || reply.status === 404 || reply.status === 410;
  if (over) await ctx.transaction((tx) => dropKnown(ctx, tx, known.hook));
  return { subscription: known.subscription, status: reply.status, exchange: reply.exchange };
};

/** Asks for it anew, as it was: a broker does not take a subscription out of error by itself. */
export const askAnew = async (ctx: Ctx, known: Known) => {
  const path = `/Subscription/${known.subscription}`;
  const resource = parsed((await toBroker(ctx, 'GET', path)).body);
  const { error: _error, ...same } =
    typeof resource === 'object' && resource !== null ? { error: '', ...resource } : { error: '' };
  await ctx.transaction((tx) => changeKnown(ctx, tx, known.hook, { state: 'requested' }));
  const reply = await toBroker(ctx, 'PUT', path, { ...same, status: 'requested' });
  return { subscription: known.subscription, status: reply.status, exchange: reply.exchange };
};
