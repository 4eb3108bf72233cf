import { describe, expect, it } from 'vitest';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { criteriaSubscription, topicSubscription } from '../../subscribing.ts';
import { TOPICS } from '../../topics.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, listed, advance, settled, seen } = sandboxes();
const toSubscriber = (box: Box) => seen(box, 'takeNotification', 'takeRecord');
const [PATIENTS] = TOPICS.map(({ url }) => url);

describe('a subscription by criteria, as R4 has it', () => {
  it('is active without a handshake, and brings the record to an address below its own', async () => {
    const box = await open();
    const made = await act(box, 'subscriber', 'subscribe-by-criteria', { criteria: 'Patient?address-postalcode=LS1' });
    expect(made.status).toBe(201);
    expect(await call(`${box.fhir}/Subscription/${made.subscription}`)).toMatchObject({ body: { status: 'active' } });
    expect(await toSubscriber(box)).toEqual([]);
    await act(box, 'publisher', 'change-address', { patient: '9000000009', postcode: 'LS1 4AP' });
    const [sent] = await toSubscriber(box);
    expect(sent).toMatchObject({ operation: 'takeRecord', request: { method: 'PUT' }, reply: { status: 204 } });
    expect(sent?.request?.url).toMatch(/\/notifications\/s\d+\/Patient\/9000000009$/);
    expect((await listed(box)).received).toMatchObject([
      { kind: 'record', outcome: 'new', focus: 'Patient/9000000009' },
    ]);
  });

  it('gets a POST with nothing in it where it has no payload, and fetches what changed afterwards', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-by-criteria', { criteria: 'Encounter?status=in-progress', record: false });
    await act(box, 'publisher', 'admit', { patient: '9000000009' });
    const [sent] = await toSubscriber(box);
    expect(sent?.request).toMatchObject({ method: 'POST' });
    expect(sent?.request?.body ?? '').toBe('');
    expect((await listed(box)).received[0]).toMatchObject({
      kind: 'ping',
      details: expect.stringMatching(/^Encounter\/.*version 1/),
    });
  });

  it('hears nothing of what does not match, and the broker says which part of the search decided', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-by-criteria', { criteria: 'Patient?address-postalcode=M1&gender=female' });
    await act(box, 'publisher', 'change-address', { patient: '9000000009', postcode: 'LS1 4AP' });
    await act(box, 'publisher', 'admit', { patient: '9000000009' });
    expect(await toSubscriber(box)).toEqual([]);
    expect(await act(box, 'broker', 'explain')).toMatchObject({
      says: 'None of 2 events matched',
      considered: [
        { matched: false, because: 'it was about Encounter, and Patient is asked for' },
        { what: 'Patient/9000000009 was updated', because: expect.stringContaining('address-postalcode=M1') },
      ],
    });
  });

  it('sends the headers that it was given, and ends when it said', async () => {
    const box = await open();
    const end = new Date(Date.now() + 3_600_000).toISOString();
    await act(box, 'subscriber', 'subscribe-by-criteria', { criteria: 'Patient' });
    const plain = criteriaSubscription(`${box.hook}/elsewhere`, 'Patient', true);
    const made = await call(`${box.fhir}/Subscription`, {
      method: 'POST',
      body: { ...plain, end, channel: { ...plain.channel, header: ['X-Ward: 7'] } },
    });
    expect(made.status).toBe(201);
    await settled(box);
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const headers = (await toSubscriber(box)).map(({ request }) => request?.headers?.['x-ward']);
    expect(headers).toContain('7');
    await advance(box, 3_600_000);
    const { id } = made.body as { id: string };
    expect(await call(`${box.fhir}/Subscription/${id}`)).toMatchObject({ body: { status: 'off' } });
  });
});

describe('what cannot be served', () => {
  const topic = { topic: PATIENTS ?? '', content: 'id-only', heartbeat: 0 };
  it.each([
    [
      'a channel',
      (hook: string) => ({
        ...criteriaSubscription(hook, 'Patient', false),
        channel: { type: 'email', endpoint: 'mailto:a@b.example' },
      }),
    ],
    [
      'a payload',
      (hook: string) => ({
        ...criteriaSubscription(hook, 'Patient', false),
        channel: { type: 'rest-hook', endpoint: hook, payload: 'application/fhir+xml' },
      }),
    ],
    ['a search', (hook: string) => criteriaSubscription(hook, 'Patient?shoe-size=43', false)],
    ['a type', (hook: string) => criteriaSubscription(hook, 'Parrot?name=Polly', false)],
    ['an address outside the sandbox', () => criteriaSubscription('https://example.org/hook', 'Patient', false)],
    [
      'a topic',
      (hook: string) => topicSubscription(hook, { ...topic, topic: 'https://example.org/SubscriptionTopic/none' }),
    ],
    ['a filter', (hook: string) => topicSubscription(hook, { ...topic, filter: 'Patient?email=a' })],
    [
      'a filter about something else',
      (hook: string) => topicSubscription(hook, { ...topic, filter: 'Encounter?status=planned' }),
    ],
    ['content', (hook: string) => topicSubscription(hook, { ...topic, content: 'everything' })],
    ['a status', (hook: string) => ({ ...criteriaSubscription(hook, 'Patient', false), status: 'active' })],
  ] as const)('%s is refused when it is asked for, with its place', async (_what, make) => {
    const box = await open();
    const reply = await call(`${box.fhir}/Subscription`, { method: 'POST', body: make(`${box.hook}/x`) });
    expect(reply).toMatchObject({
      status: 422,
      body: { issue: [{ expression: [expect.stringContaining('Subscription.')] }] },
    });
  });
});
