import { spaceOfType } from '../../sandbox/fhir/space-of-type.ts';
import { storedVersion } from '../../sandbox/fhir/versions.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { NewsEvent } from './events.ts';
import { STATUS_PROFILE } from './extensions.ts';
import { parsed } from './parts.ts';
import type { Subscription, Wants } from './subscriptions.ts';

export type NotificationType = 'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

/** The broker's FHIR base, absolute. */
export const brokerBase = (ctx: Ctx): string => `${ctx.baseOf(ctx.participant.name)}/FHIR/R4`;

interface Telling {
  readonly one: Subscription;
  readonly type: NotificationType;
  readonly events?: readonly NewsEvent[];
  readonly content?: Wants['content'];
  /** Events since the start, as far as this tells of them. */
  readonly since: number;
}

const eventPart = (ctx: Ctx, { number, at, focus }: NewsEvent, content: Wants['content']) => ({
  name: 'notification-event',
  part: [
    { name: 'event-number', valueString: String(number) },
    { name: 'timestamp', valueInstant: new Date(at).toISOString() },
    ...(content === 'empty' ? [] : [{ name: 'focus', valueReference: { reference: `${brokerBase(ctx)}/${focus}` } }]),
  ],
});

/** Parameters of the profile backport-subscription-status-r4. */
export const statusOf = (ctx: Ctx, { one, type, events = [], content, since }: Telling) => ({
  resourceType: 'Parameters',
  id: ctx.uuid(),
  meta: { profile: [STATUS_PROFILE] },
  parameter: [
    { name: 'subscription', valueReference: { reference: `${brokerBase(ctx)}/Subscription/${one.id}` } },
    ...(one.wants.topic === undefined ? [] : [{ name: 'topic', valueCanonical: one.wants.topic }]),
    { name: 'status', valueCode: one.state },
    { name: 'type', valueCode: type },
    { name: 'events-since-subscription-start', valueString: String(since) },
    ...events.map((event) => eventPart(ctx, event, content)),
    ...(one.reason === undefined ? [] : [{ name: 'error', valueCodeableConcept: { text: one.reason } }]),
  ],
});

const RESPONSE = { create: '201', update: '200', delete: '204', publish: '200' } as const;

/** The text of the record as it was when the event happened; undefined where it was deleted. */
export const recordOf = async (ctx: Ctx, { focus, version, deed }: NewsEvent): Promise<string | undefined> => {
  if (deed === 'delete') return undefined;
  const [type = '', id = ''] = focus.split('/');
  return (await storedVersion(ctx.sql, spaceOfType(ctx.store, type), id, version))?.body;
};

/** By criteria: the record itself where it is wanted, else what it is about; for who gets no request below an address. */
export const plainOf = async (ctx: Ctx, one: Subscription, event: NewsEvent): Promise<object> => {
  const record = one.wants.payload === undefined ? undefined : parsed((await recordOf(ctx, event)) ?? '');
  return typeof record === 'object' && record !== null ? record : { focus: event.focus };
};

const entryOf = async (ctx: Ctx, event: NewsEvent, full: boolean) => {
  const { focus, deed } = event;
  const text = full ? await recordOf(ctx, event) : undefined;
  const [type] = focus.split('/');
  return {
    fullUrl: `${brokerBase(ctx)}/${focus}`,
    ...(text === undefined ? {} : { resource: parsed(text) }),
    request:
      deed === 'create' ? { method: 'POST', url: type } : { method: deed === 'delete' ? 'DELETE' : 'PUT', url: focus },
    response: { status: RESPONSE[deed], lastModified: new Date(event.at).toISOString() },
  };
};

/** A notification: a Bundle of type history whose first entry is the status (Backport, notifications, R4). */
export const notificationOf = async (ctx: Ctx, telling: Telling): Promise<object> => {
  const { one, events = [], content = one.wants.content } = telling;
  const status = statusOf(ctx, { ...telling, ...(content === undefined ? {} : { content }) });
  const shown = content === 'empty' ? [] : events;
  const records = [];
  for (const event of shown) records.push(await entryOf(ctx, event, content === 'full-resource'));
  return {
    resourceType: 'Bundle',
    id: ctx.uuid(),
    type: 'history',
    timestamp: new Date(ctx.now()).toISOString(),
    entry: [
      {
        fullUrl: `urn:uuid:${status.id}`,
        resource: status,
        request: { method: 'GET', url: `${brokerBase(ctx)}/Subscription/${one.id}/$status` },
        response: { status: '200' },
      },
      ...records,
    ],
  };
};
