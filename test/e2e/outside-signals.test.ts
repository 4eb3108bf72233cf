import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import type { RunningService } from '../../src/main.ts';
import { consume, makeBox, serve } from './outside-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
const QUEUE = 'arn:aws:sqs:eu-west-2:000000000000:mine';

describe('a subscriber outside, in MNS, that uses RabbitMQ', { timeout: 120_000 }, () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await serve(await testEnvironment(join(folder.path, 'signals.db')));
  }, 120_000);
  afterAll(async () => {
    await service.close();
    folder.remove();
  });

  it('gets the signal as it is from its own queue by amqp-consume, and by HTTP from the one that its ARN stands for', async () => {
    const seat = { subscriber: { mode: 'external', queue: true } };
    const box = await makeBox(service.url, seat, 'publish-subscribe', 'mns');
    const broker = `${service.url}/sandboxes/${box.id}/broker`;
    const made = await fetch(`${broker}/subscriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', 'x-correlation-id': '1' },
      body: JSON.stringify({
        resourceType: 'Subscription',
        status: 'requested',
        reason: '',
        criteria: 'eventType=pds-record-change-2',
        channel: { type: 'message', endpoint: QUEUE, payload: 'application/json' },
      }),
    });
    expect(made.status).toBe(201);
    const { event } = await box.act('publisher', 'change-address', { patient: '9000000009' });
    await box.journal(({ note }) => note?.includes('confirmed') === true);
    const own = await box.amqp('subscriber');
    if (own?.url === undefined) throw new Error(`no queue: ${JSON.stringify(own)}`);
    const { out } = await consume(own);
    expect(JSON.parse(out)).toMatchObject({ specversion: '1.0', id: event, type: 'pds-record-change-2' });
    const read = await fetch(`${broker}/queues/mine/messages`, { headers: { 'x-correlation-id': '1' } });
    expect(await read.json()).toMatchObject({ messages: [{ body: { id: event } }] });
  });

  it('gets notifications of FHIR R4 there, too, where its subscription names its queue: a handshake, then each event', async () => {
    const box = await makeBox(service.url, { subscriber: { mode: 'external', queue: true } }, 'publish-subscribe');
    const topic = 'https://integration.example/SubscriptionTopic/patient-change';
    const made = await fetch(`${service.url}/sandboxes/${box.id}/broker/FHIR/R4/Subscription`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Subscription',
        status: 'requested',
        reason: 'A test',
        criteria: topic,
        channel: { type: 'message', endpoint: 'queue:subscriber', payload: 'application/fhir+json' },
      }),
    });
    expect(made.status).toBe(201);
    await box.journal(({ note }) => note?.includes('confirmed') === true);
    await box.act('publisher', 'change-address', { patient: '9000000009' });
    await box.journal(
      ({ note, request }) =>
        note?.includes('confirmed') === true && request?.body?.includes('Patient/9000000009') === true,
    );
    const own = await box.amqp('subscriber');
    if (own?.url === undefined) throw new Error(`no queue: ${JSON.stringify(own)}`);
    const bodies = [(await consume(own)).out, (await consume(own)).out].map((out) => JSON.parse(out));
    const types = bodies.map(({ entry }) => entry[0].resource.parameter[3].valueCode);
    expect(types).toEqual(['handshake', 'event-notification']);
  });
});
