import type { Ctx } from '../../sandbox/pattern.ts';
import type { NewsEvent } from './events.ts';
import { STATUS_PROFILE } from './extensions.ts';
import { parsed, textOf } from './parts.ts';
import type { Subscription } from './subscriptions.ts';

/**
 * A CloudEvent as MNS delivers it to who asked for FHIR: a Bundle of type history with the backport's status. As in the real
 * service every event has the number 1, and nothing counts events since the start.
 */
export const signalOf = (ctx: Ctx, one: Subscription, { body = '', at }: NewsEvent): object => {
  const event = parsed(body);
  const id = textOf(event, 'id') ?? ctx.uuid();
  const url = `${ctx.baseOf(ctx.participant.name)}/subscriptions/${one.id}`;
  const dataref = textOf(event, 'dataref');
  const subject = textOf(event, 'subject');
  const timestamp = textOf(event, 'time') ?? new Date(at).toISOString();
  const status = {
    resourceType: 'Parameters',
    meta: { profile: [STATUS_PROFILE] },
    id,
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
        fullUrl: `urn:uuid:${id}`,
        resource: status,
        request: { method: 'GET', url },
        response: { status: '200' },
      },
    ],
  };
};
