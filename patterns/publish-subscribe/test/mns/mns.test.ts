import { describe, expect, it } from 'vitest';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, listed, advance, seen, settled, sandboxOf, mllpUrl } = sandboxes('mns');
const IDS = { 'x-correlation-id': 'c-1' };
const QUEUE = 'arn:aws:sqs:eu-west-2:000000000000:mine';
const MISSING = '236a1d4a-5d69-4fa9-9c7f-e72bf505aa5b';

const event = (more: object = {}) => ({
  specversion: '1.0',
  id: 'e-1',
  source: 'uk.nhs.example',
  type: 'pds-record-change-2',
  time: '2026-11-27T10:00:00Z',
  subject: '9000000009',
  filtering: { changed_name: true, registeredgpodscode: 'XY11' },
  ...more,
});
const wish = (more: object = {}, channel: object = {}) => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'A test',
  criteria: 'eventType=pds-record-change-2',
  channel: { type: 'message', endpoint: QUEUE, payload: 'application/json', ...channel },
  ...more,
});
const broker = ({ base }: Box, path: string, method = 'GET', body?: unknown, headers: object = {}) =>
  call(`${base}/broker${path}`, {
    method,
    headers: {
      ...IDS,
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
const publish = (box: Box, body: unknown) =>
  broker(box, '/events', 'POST', body, { 'content-type': 'application/cloudevents+json' });
const inQueue = async (box: Box, queue = 'mine') => {
  const reply = await broker(box, `/queues/${queue}/messages`);
  expect(reply.status).toBe(200);
  return (reply.body as { messages: { id: string; receiveCount: number; body: { id: string } }[] }).messages;
};

describe('events and subscriptions as MNS has them', () => {
  it('takes an event, and puts it once into the queue of each subscription that it matches', async () => {
    const box = await open();
    expect(await broker(box, '/subscriptions', 'POST', wish())).toMatchObject({
      status: 201,
      body: { id: expect.any(String) },
    });
    const quoted = "eventType='pds-record-change-2' AND registeredgpodscode='XX99'";
    await broker(box, '/subscriptions', 'POST', wish({ criteria: quoted }, { endpoint: `${QUEUE}2` }));
    const taken = await publish(box, event());
    expect(taken).toMatchObject({ status: 200, body: { id: 'e-1' } });
    expect(taken.headers.get('x-correlation-id')).toBe('c-1');
    expect((await publish(box, event())).status).toBe(200);
    await settled(box);
    expect((await inQueue(box)).map(({ body }) => body)).toEqual([event()]);
    expect(await inQueue(box, 'mine2')).toEqual([]);
    expect(await act(box, 'broker', 'explain')).toMatchObject({
      considered: [{ matched: false, because: 'it does not match registeredgpodscode=XX99' }],
    });
  });

  it('hides what was received for a while, shows it again, and forgets it once it is deleted', async () => {
    const box = await open();
    await broker(box, '/subscriptions', 'POST', wish());
    await publish(box, event());
    await settled(box);
    const [first] = await inQueue(box);
    expect(await inQueue(box)).toEqual([]);
    await advance(box, 31_000);
    const [again] = await inQueue(box);
    expect(again).toMatchObject({ id: first?.id, receiveCount: 2 });
    expect((await broker(box, `/queues/mine/messages/${again?.id}`, 'DELETE')).status).toBe(204);
    expect((await broker(box, `/queues/mine/messages/${again?.id}`, 'DELETE')).status).toBe(404);
    await advance(box, 31_000);
    expect(await inQueue(box)).toEqual([]);
  });

  it('reads, lists, changes and deletes a subscription; another with its queue and type is a conflict', async () => {
    const box = await open();
    const { id } = (await broker(box, '/subscriptions', 'POST', wish())).body as { id: string };
    expect(await broker(box, '/subscriptions', 'POST', wish())).toMatchObject({
      status: 409,
      body: { errors: expect.stringContaining(`already exists with id: ${id}`) },
    });
    expect(await broker(box, `/subscriptions/${id}`)).toMatchObject({ status: 200, body: { id, status: 'active' } });
    expect(await broker(box, '/subscriptions')).toMatchObject({ body: { type: 'searchset', total: 1 } });
    const changed = wish({ criteria: 'eventType=pds-death-notification-2' });
    expect((await broker(box, `/subscriptions/${id}`, 'PUT', changed)).status).toBe(204);
    await publish(box, event());
    await publish(box, event({ id: 'e-2', type: 'pds-death-notification-2' }));
    await settled(box);
    expect((await inQueue(box)).map(({ body }) => body.id)).toEqual(['e-2']);
    expect((await broker(box, `/subscriptions/${id}`, 'DELETE')).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect(await broker(box, `/subscriptions/${id}`, method)).toMatchObject({
        status: 404,
        body: { errors: 'Not found' },
      });
    expect((await broker(box, `/subscriptions/${MISSING}`, 'PUT', changed)).status).toBe(404);
  });

  it.each([
    ['an event of no type that there is', '/events', event({ type: 'weather-1' }), 'type'],
    ['an event without a time', '/events', event({ time: undefined }), 'time'],
    ['an event that holds data', '/events', event({ data: { name: 'x' } }), 'data'],
    [
      'a subscription to no type that there is',
      '/subscriptions',
      wish({ criteria: 'eventType=weather-1' }),
      'criteria',
    ],
    [
      'a filter that the type does not have',
      '/subscriptions',
      wish({ criteria: 'eventType=nhshco-hc-complete-1 AND x=1' }),
      'criteria',
    ],
    [
      'a mailbox that nobody has',
      '/subscriptions',
      wish({}, { endpoint: 'mesh://X26HC005?workflow_id=W' }),
      'channel.endpoint',
    ],
    ['an event about a number that may be somebody’s', '/events', event({ subject: '4010232137' }), 'subject'],
    [
      'criteria with a number that may be somebody’s',
      '/subscriptions',
      wish({ criteria: "eventType=pds-record-change-2 AND nhsnumber='4010232137'" }),
      'criteria',
    ],
    ['a channel', '/subscriptions', wish({}, { type: 'rest-hook' }), 'channel.type'],
    ['a status', '/subscriptions', wish({ status: 'active' }), 'status'],
  ])('refuses %s in plain JSON, by its place', async (_what, path, body, place) => {
    const box = await open();
    const headers = path === '/events' ? { 'content-type': 'application/cloudevents+json' } : {};
    const reply = await broker(box, path, 'POST', body, headers);
    expect(reply).toMatchObject({ status: 400, body: { validationErrors: { [place]: expect.any(String) } } });
    expect(reply.headers.get('content-type')).toContain('application/json');
  });

  it('asks for X-Correlation-ID, and nothing else', async () => {
    const { base } = await open();
    const reply = await call(`${base}/broker/subscriptions`);
    expect(reply).toMatchObject({
      status: 400,
      body: { validationErrors: { 'X-Correlation-ID': expect.any(String) } },
    });
  });

  it.each(['application/fhir+json', 'application/json'])(
    'is collected, understood and looked up at its source by a simulated subscriber, in %s',
    async (payload) => {
      const box = await open();
      await act(box, 'subscriber', 'subscribe-to-events', { filter: "nhsnumber='9000000009'", payload });
      await act(box, 'other-subscriber', 'subscribe-to-events', { eventType: 'nhshco-hc-complete-1' });
      expect(await act(box, 'publisher', 'change-address', { patient: '9000000009' })).toMatchObject({ status: 200 });
      await act(box, 'publisher', 'change-address', { patient: '9000000017' });
      expect((await listed(box)).received).toMatchObject([
        { kind: 'pds-record-change-2', outcome: 'new', focus: 'Patient/9000000009' },
      ]);
      expect((await listed(box, 'other-subscriber')).received).toEqual([]);
      const [signal] = await seen(box, 'receiveFromQueue');
      expect(signal?.reply?.body ?? '').toContain(
        payload === 'application/json' ? '"specversion"' : '"notification-event"',
      );
      expect(await act(box, 'subscriber', 'fetch-details')).toMatchObject({ status: 200, focus: 'Patient/9000000009' });
      const read = await seen(box, 'readPatient');
      expect(read.at(-1)).toMatchObject({ to: 'publisher', reply: { status: 200 } });
    },
  );

  it('knows its own echo again, and ends when it is told to', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events');
    await act(box, 'subscriber', 'publish-yourself');
    expect((await listed(box)).received).toMatchObject([{ outcome: 'own' }]);
    expect(await act(box, 'subscriber', 'end-subscription')).toMatchObject({ status: 204 });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    expect((await listed(box)).received).toHaveLength(1);
  });

  it('sends a test signal every fifteen minutes to who asked for it', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events', { eventType: 'mns-test-signal-1' });
    await advance(box, 31 * 60_000);
    expect((await listed(box)).received.map(({ kind }) => kind)).toEqual(['mns-test-signal-1', 'mns-test-signal-1']);
  });

  it('does not tell the publisher who listens', async () => {
    const box = await open();
    const { participants } = await sandboxOf(box);
    const key = participants.find(({ name }) => name === 'publisher')?.credential ?? '';
    for (const path of ['/subscriptions', '/queues/mine/messages'])
      expect(await broker(box, path, 'GET', undefined, { authorization: `Bearer ${key}` })).toMatchObject({
        status: 403,
        body: { errors: expect.any(String) },
      });
  });
});

it('takes CloudEvents, and no HL7 v2', async () => {
  expect(await mllpUrl(await open(), 'broker')).toBeUndefined();
});
