import { driveIn } from '../../sandbox/conformance/drive.ts';
import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { parsed, textOf } from './parts.ts';

const STEPS = [
  'subscribe',
  'subscribe-again',
  'publish',
  'queue',
  'unsubscribe',
  'publish-after',
  'queue-after',
] as const;

/** Publishes to a subscription of its own. A queue is read where the target offers that over HTTP, as a sandbox does. */
export const drive = driveIn(['mns'], async (session: Session): Promise<void> => {
  const send = (step: string, method: string, path: string, body?: object, type = 'application/fhir+json') =>
    session.http(step, {
      method,
      path,
      headers: {
        accept: method === 'GET' && path === '/subscriptions' ? 'application/fhir+json' : 'application/json',
        'x-correlation-id': session.uuid(),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const queue = `conformance-${session.uuid()}`;
  const wish = (more: object = {}, channel: object = {}) => ({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'A conformance run',
    criteria: 'eventType=pds-record-change-2',
    channel: {
      type: 'message',
      endpoint: `arn:aws:sqs:eu-west-2:000000000000:${queue}`,
      payload: 'application/json',
      ...channel,
    },
    ...more,
  });
  const event = (more: object = {}) => ({
    specversion: '1.0',
    id: session.uuid(),
    source: 'uk.nhs.example.conformance',
    type: 'pds-record-change-2',
    time: '2026-01-05T09:00:00Z',
    subject: session.profile.ids.patient ?? '9000000009',
    ...more,
  });
  const publish = (step: string, body: object) => send(step, 'POST', '/events', body, 'application/cloudevents+json');
  await send('list', 'GET', '/subscriptions');
  await driveTokens(session, { method: 'GET', path: '/subscriptions' });
  await send('unsupported-channel', 'POST', '/subscriptions', wish({}, { type: 'sms' }));
  await send('unsupported-filter', 'POST', '/subscriptions', wish({ criteria: 'eventType=no-such-event-1' }));
  await publish('publish-incomplete', { ...event(), type: undefined });
  if (!session.profile.consentToWrite) {
    session.leaveOut(STEPS, 'a subscription is a write, and the profile does not consent to writing (consentToWrite)');
    return;
  }
  const made = await send('subscribe', 'POST', '/subscriptions', wish());
  await send('subscribe-again', 'POST', '/subscriptions', wish());
  await publish('publish', event({ id: `wanted-${queue}` }));
  await publish('publish-other', event({ id: `unwanted-${queue}`, type: 'nhshco-hc-complete-1' }));
  await session.pause(500);
  await send('queue', 'GET', `/queues/${queue}/messages`);
  const id = textOf(parsed(made.reply?.body ?? ''), 'id');
  if (id === undefined) {
    session.leaveOut(['unsubscribe', 'publish-after', 'queue-after'], 'nothing was subscribed to');
    return;
  }
  await send('unsubscribe', 'DELETE', `/subscriptions/${id}`);
  await publish('publish-after', event({ id: `after-${queue}` }));
  await session.pause(500);
  await send('queue-after', 'GET', `/queues/${queue}/messages`);
});
