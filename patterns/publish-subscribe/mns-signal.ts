import type { Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import type { NewsEvent } from './events.ts';
import { STATUS_PROFILE } from './extensions.ts';
import { parsed, textOf } from './parts.ts';
import type { Subscription } from './subscriptions.ts';

/**
 * A CloudEvent as MNS delivers it to who asked for FHIR: a Bundle of type history with the backport's status. As in the real
 * service every event has the number 1, and nothing counts events since the start.
 */
const bundleOf = (ctx: Ctx, one: Subscription, { body = '', at }: NewsEvent, details: object | undefined): object => {
  const event = parsed(body);
  const id = textOf(event, 'id') ?? ctx.uuid();
  const url = `${ctx.baseOf(ctx.participant.name)}/subscriptions/${one.id}`;
  const dataref = textOf(event, 'dataref');
  const subject = textOf(event, 'subject');
  const version = textOf(event, 'versionid');
  const statusId = ctx.uuid();
  const timestamp = textOf(event, 'time') ?? new Date(at).toISOString();
  const status = {
    resourceType: 'Parameters',
    meta: { profile: [STATUS_PROFILE] },
    id: statusId,
    parameter: [
      { name: 'subscription', valueReference: { reference: url } },
      { name: 'status', valueCode: 'active' },
      { name: 'type', valueCode: 'event-notification' },
      {
        name: 'notification-event',
        part: [
          { name: 'event-number', valueString: '1' },
          { name: 'timestamp', valueInstant: timestamp },
          ...(dataref === undefined ? [] : [{ name: 'focus', valueReference: { reference: dataref } }]),
        ],
      },
      {
        name: 'additional-context',
        part: [
          { name: 'event-type', valueString: textOf(event, 'type') },
          { name: 'source', valueUri: textOf(event, 'source') },
          ...(subject === undefined ? [] : [{ name: 'subject', valueReference: { identifier: { value: subject } } }]),
          ...(version === undefined ? [] : [{ name: 'version-id', valueString: version }]),
        ],
      },
    ],
  };
  return {
    resourceType: 'Bundle',
    id,
    type: 'history',
    timestamp,
    entry: [
      {
        fullUrl: `urn:uuid:${statusId}`,
        resource: status,
        request: { method: 'GET', url },
        response: { status: '200' },
      },
      ...(details === undefined ? [] : [details]),
    ],
  };
};

/**
 * Hydration: what dataref points to comes along, as the service fetched it with the headers that the subscription gives. Where it
 * could not be had, the entry says so, and the signal is delivered all the same.
 */
const fetched = async (ctx: Ctx, { wants }: Subscription, dataref: string): Promise<object | undefined> => {
  const base = ctx.baseOf('publisher');
  if (wants.hydration === undefined || base === undefined || !dataref.startsWith(`${base}/`)) return undefined;
  const request = { method: 'GET', url: dataref };
  const headers = { accept: 'application/fhir+json', 'x-correlation-id': ctx.uuid(), ...wants.hydration };
  const attempt = ctx.send('publisher', { method: 'GET', path: dataref.slice(base.length), headers });
  const reply = await attempt.catch((error: unknown) => {
    if (error instanceof ProblemError) return { status: error.problem.status, body: '' };
    throw error;
  });
  const resource = reply.status === 200 ? parsed(reply.body) : undefined;
  const response = { status: String(reply.status) };
  return { fullUrl: dataref, ...(resource === undefined ? {} : { resource }), request, response };
};

/** An event in the form that was asked for: the CloudEvent as it is, or FHIR. */
export const signalFor = async (ctx: Ctx, one: Subscription, event: NewsEvent): Promise<string> => {
  if (one.wants.payload === 'application/json') return event.body ?? '';
  const dataref = textOf(parsed(event.body ?? ''), 'dataref') ?? '';
  return JSON.stringify(bundleOf(ctx, one, event, await fetched(ctx, one, dataref)));
};
