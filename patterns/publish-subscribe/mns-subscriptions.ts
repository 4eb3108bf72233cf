import { create, find, remove, replace } from '../../sandbox/fhir/repository.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, CONFLICT, FORBIDDEN, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import { scheduleTestSignal } from './mns-events.ts';
import { MAILBOXES } from './mns-mailboxes.ts';
import { EVENT_TYPES, isEventType, TEST_SIGNAL } from './mns-types.ts';
import { parsed, partOf, textOf } from './parts.ts';
import {
  allSubscriptions,
  dropSubscription,
  findSubscription,
  type Place,
  putSubscription,
  type Subscription,
} from './subscriptions.ts';

const FHIR_JSON = { 'content-type': 'application/fhir+json; charset=utf-8' };
const invalid = (detail: string, at: string) => problem(BAD_REQUEST, detail, { at });

/** `eventType='x' AND generalpractitioner='XY11'`, with or without quotes. */
const readCriteria = (text: string): Readonly<Record<string, string>> => {
  const pairs = text.split(/\s+AND\s+/).map((part): readonly [string, string] => {
    const [, name, value] = /^\s*(\w+)\s*=\s*'?([^']*?)'?\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw invalid(`${part} is no criterion such as eventType='pds-record-change-2'`, '/criteria');
    return [name, value];
  });
  const equals = Object.fromEntries(pairs);
  const type = equals.eventType ?? '';
  if (!isEventType(type)) throw invalid('Please provide a valid event type', '/criteria');
  const other = Object.keys(equals).find((name) => name !== 'eventType' && !EVENT_TYPES[type]?.includes(name));
  if (other !== undefined) throw invalid(`${type} cannot be filtered by ${other}`, '/criteria');
  return equals;
};

interface Asked {
  readonly resource: FhirResource;
  readonly equals: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly payload: string;
  readonly hydration?: Readonly<Record<string, string>>;
}

const read = (call: Call): Asked => {
  const resource = parsed(call.body);
  if (!isResource(resource))
    throw invalid('Please provide the correct resource type for this endpoint', '/resourceType');
  if (resource.status !== 'requested') throw invalid('The status must be requested', '/status');
  const place = placeOf(textOf(resource, 'channel', 'endpoint') ?? '');
  const equals = readCriteria(textOf(resource, 'criteria') ?? '');
  const hydration = partOf(resource, 'hydration', 'enabled') === true ? { hydration: headersOf(resource) } : {};
  return { resource, equals, place, payload: textOf(resource, 'channel', 'payload') ?? '', ...hydration };
};

/** The headers with which details are fetched: those that are text, as HTTP allows it. */
const headersOf = (resource: unknown): Readonly<Record<string, string>> => {
  const given = partOf(resource, 'hydration', 'headers');
  const pairs = Object.entries(typeof given === 'object' && given !== null ? given : {});
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]));
};

/** `mesh://MAILBOX?workflow_id=W`, or an ARN, which stands for a queue of the sandbox. */
const placeOf = (endpoint: string): Place => {
  const at = '/channel/endpoint';
  const [, mailbox, workflow] = /^mesh:\/\/(\w*)\?workflow_id=([\w.-]+)$/.exec(endpoint) ?? [];
  if (mailbox !== undefined && workflow !== undefined) {
    const known = MAILBOXES.find((name) => name === mailbox.toUpperCase());
    if (known === undefined)
      throw invalid(`Nobody has the mailbox ${mailbox.slice(0, 40)} here; there are ${MAILBOXES.join(' and ')}`, at);
    return { mailbox: known, workflow, endpoint };
  }
  if (!/:[\w.-]{1,80}$/.test(endpoint)) throw invalid('The ARN has to end in the name of a queue', at);
  return { queue: endpoint.slice(endpoint.lastIndexOf(':') + 1), endpoint };
};

/** A queue takes an event type once, so that nobody is told everything twice. */
const requireFree = async (ctx: Ctx, tx: Tx, { place: { endpoint }, equals }: Asked, but?: string): Promise<void> => {
  if (endpoint.startsWith('mesh:')) return;
  const taken = (await allSubscriptions(ctx, tx)).find(
    ({ id, place, wants }) => id !== but && place.endpoint === endpoint && wants.equals?.eventType === equals.eventType,
  );
  if (taken !== undefined) throw problem(CONFLICT, `A matching SQS subscription already exists with id: ${taken.id}`);
};

const subscriptionOf = (ctx: Ctx, id: string, owner: string, asked: Asked, before?: Subscription): Subscription => ({
  id,
  flavour: 'signal',
  owner,
  place: asked.place,
  wants: {
    ...{ criteria: [], equals: asked.equals, payload: asked.payload, headers: {} },
    ...(asked.hydration === undefined ? {} : { hydration: asked.hydration }),
  },
  state: 'active',
  run: before?.run ?? 1,
  events: before?.events ?? 0,
  considered: before?.considered ?? 0,
  told: before?.told ?? 0,
  created: before?.created ?? ctx.now(),
});

const plain = (ctx: Ctx) => forWriting(ctx, undefined, undefined);

/** A publisher neither subscribes nor is it told who does (PUB-05). */
const requireSubscriber = ({ from }: Call): string => {
  if (from.participant === 'publisher') throw problem(FORBIDDEN, 'Who listens is not told to a publisher');
  return from.participant;
};

export const createSubscription: Handler = async (call, ctx) => {
  const owner = requireSubscriber(call);
  const asked = read(call);
  const id = await ctx.transaction(async (tx) => {
    await requireFree(ctx, tx, asked);
    // The service's own ids are version 4, so they do not tell when.
    const made = await create(plain(ctx), tx, { ...asked.resource, status: 'active' }, { id: ctx.uuid() });
    await putSubscription(ctx, tx, subscriptionOf(ctx, made.id, owner, asked));
    if (asked.equals.eventType === TEST_SIGNAL) await scheduleTestSignal(ctx, tx);
    return made.id;
  });
  return { status: 201, body: { id } };
};

const notFound = () => problem(NOT_FOUND, 'Not found');

/** One's own; that of another is as good as none. */
const own = async (call: Call, ctx: Ctx, reader: Reader): Promise<Subscription> => {
  const owner = requireSubscriber(call);
  const one = await findSubscription(ctx, reader, call.params.id ?? '');
  if (one === undefined || one.owner !== owner) throw notFound();
  return one;
};

const bodyOf = async (ctx: Ctx, reader: Reader, id: string): Promise<string> => {
  const row = await find(ctx, reader, 'Subscription', id);
  if (row === undefined || row.deleted) throw notFound();
  return row.body;
};

export const readSubscription: Handler = async (call, ctx): Promise<Reply> => {
  const { id } = await own(call, ctx, ctx.sql);
  return { status: 200, headers: FHIR_JSON, body: await bodyOf(ctx, ctx.sql, id) };
};

export const listSubscriptions: Handler = async (call, ctx): Promise<Reply> => {
  const owner = requireSubscriber(call);
  const mine = (await allSubscriptions(ctx, ctx.sql)).filter((one) => one.owner === owner);
  const entry = [];
  for (const { id } of mine)
    entry.push({ fullUrl: `${call.base}/subscriptions/${id}`, resource: parsed(await bodyOf(ctx, ctx.sql, id)) });
  const bundle = { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry };
  return { status: 200, headers: FHIR_JSON, body: JSON.stringify(bundle) };
};

export const updateSubscription: Handler = async (call, ctx) => {
  const asked = read(call);
  await ctx.transaction(async (tx) => {
    const before = await own(call, ctx, tx);
    await requireFree(ctx, tx, asked, before.id);
    const row = await find(ctx, tx, 'Subscription', before.id);
    if (row === undefined) throw notFound();
    await replace(plain(ctx), tx, row, { ...asked.resource, status: 'active' });
    await putSubscription(ctx, tx, subscriptionOf(ctx, before.id, before.owner, asked, before));
  });
  return { status: 204 };
};

export const deleteSubscription: Handler = async (call, ctx) => {
  await ctx.transaction(async (tx) => {
    const { id } = await own(call, ctx, tx);
    await remove(plain(ctx), tx, 'Subscription', id);
    await dropSubscription(ctx, tx, id);
  });
  return { status: 204 };
};
