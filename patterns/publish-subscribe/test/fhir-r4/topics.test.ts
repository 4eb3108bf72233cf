import { describe, expect, it } from 'vitest';
import type { NewFault } from '../../../../sandbox/faults.ts';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { TOPICS } from '../../topics.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, listed, fault, advance, seen, sandboxOf } = sandboxes();
const toSubscriber = (box: Box) => seen(box, 'takeNotification', 'takeRecord');
const [PATIENTS, ENCOUNTERS] = TOPICS.map(({ url }) => url);

describe('a subscription to a topic (R5 backport)', () => {
  const subscribe = (box: Box, input: Readonly<Record<string, unknown>> = {}) =>
    act(box, 'subscriber', 'subscribe', input);

  it('is shaken hands with before it is active, and numbers its events', async () => {
    const box = await open();
    const { subscription } = await subscribe(box);
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    await act(box, 'publisher', 'report-death', { patient: '9000000017' });
    const bodies = (await toSubscriber(box)).map(({ request }) => JSON.parse(request?.body ?? '{}'));
    expect(bodies.map(({ type }) => type)).toEqual(['history', 'history', 'history']);
    const statuses = bodies.map(({ entry }) => entry[0].resource);
    expect(statuses.map(({ parameter }) => parameter[3])).toEqual([
      { name: 'type', valueCode: 'handshake' },
      { name: 'type', valueCode: 'event-notification' },
      { name: 'type', valueCode: 'event-notification' },
    ]);
    expect(statuses[2].parameter[4]).toEqual({ name: 'events-since-subscription-start', valueString: '2' });
    expect(bodies[2].entry[1]).toMatchObject({ fullUrl: `${box.fhir}/Patient/9000000017`, request: { method: 'PUT' } });
    expect(bodies[2].entry[1].resource).toBeUndefined();
    expect(await call(`${box.fhir}/Subscription/${subscription}/$status`)).toMatchObject({
      status: 200,
      body: { type: 'searchset', entry: [{ resource: { resourceType: 'Parameters' } }] },
    });
  });

  it.each([
    ['empty', undefined, false],
    ['id-only', true, false],
    ['full-resource', true, true],
  ])('carries as much as content %s says', async (content, hasEntry, hasResource) => {
    const box = await open();
    await subscribe(box, { content });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const body = JSON.parse((await toSubscriber(box)).at(-1)?.request?.body ?? '{}');
    expect(body.entry.length > 1).toBe(hasEntry === true);
    expect(body.entry[1]?.resource !== undefined).toBe(hasResource);
    expect(JSON.stringify(body.entry[0]).includes('"focus"')).toBe(hasEntry === true);
  });

  it('is in error where its handshake fails, and stays so until it is asked for anew', async () => {
    const box = await open();
    await fault(box, {
      participant: 'subscriber',
      operation: 'takeNotification',
      times: 1,
      effect: { kind: 'status', status: 500 },
    });
    const { subscription } = await subscribe(box);
    const read = () => call(`${box.fhir}/Subscription/${subscription}`);
    expect(await read()).toMatchObject({ body: { status: 'error', error: expect.stringContaining('handshake') } });
    await advance(box, 86_400_000);
    expect(await read()).toMatchObject({ body: { status: 'error' } });
    await act(box, 'subscriber', 'ask-anew');
    expect(await read()).toMatchObject({ body: { status: 'active' } });
  });

  it('counts what could not be delivered, and gives it again by number', async () => {
    const box = await open();
    const { subscription } = await subscribe(box, { heartbeat: 0 });
    const refusing: NewFault = {
      participant: 'subscriber',
      operation: 'takeNotification',
      effect: { kind: 'status', status: 503 },
    };
    await fault(box, refusing);
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    await advance(box, 120_000);
    expect(await act(box, 'subscriber', 'check-status')).toMatchObject({ state: 'error', events: 1 });
    await act(box, 'publisher', 'report-death', { patient: '9000000009' });
    expect(await act(box, 'subscriber', 'check-status')).toMatchObject({ state: 'error', events: 2 });
    await fault(box);
    expect(await act(box, 'subscriber', 'recover')).toMatchObject({ recovered: [1, 2], missing: [] });
    await act(box, 'subscriber', 'ask-anew');
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    const last = JSON.parse((await toSubscriber(box)).at(-1)?.request?.body ?? '{}');
    expect(JSON.stringify(last)).toContain('"events-since-subscription-start","valueString":"3"');
    expect(await call(`${box.fhir}/Subscription/${subscription}`)).toMatchObject({ body: { status: 'active' } });
  });

  it('sends a heartbeat when nothing else was sent for its period, and the subscriber notices when none come', async () => {
    const box = await open();
    await subscribe(box, { heartbeat: 60 });
    await advance(box, 150_000);
    expect((await listed(box)).received.map(({ kind }) => kind)).toEqual(['heartbeat', 'heartbeat', 'handshake']);
    await fault(box, {
      participant: 'broker',
      operation: 'notify',
      match: 'heartbeat',
      effect: { kind: 'message', as: 'drop' },
    });
    await advance(box, 300_000);
    expect((await listed(box)).subscriptions[0]?.note).toMatch(/^Silent since .* the broker says active$/);
  });

  it('shows a gap when a number is skipped, which is recovered a minute later if it has not come by then', async () => {
    const box = await open();
    await subscribe(box, { heartbeat: 0 });
    await fault(box, { participant: 'broker', operation: 'notify', times: 1, effect: { kind: 'message', as: 'drop' } });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    expect((await listed(box)).subscriptions).toMatchObject([{ number: 2, missing: [1] }]);
    await advance(box, 61_000);
    expect(await listed(box)).toMatchObject({
      subscriptions: [{ missing: [] }],
      received: [{ outcome: 'recovered', event: '1' }, { outcome: 'new', event: '2' }, { kind: 'handshake' }],
    });
  });

  it('puts aside what comes late and is older than what it knows', async () => {
    const box = await open();
    await subscribe(box, { content: 'full-resource', heartbeat: 0 });
    await fault(box, {
      participant: 'broker',
      operation: 'notify',
      times: 1,
      effect: { kind: 'message', as: 'reorder' },
    });
    await act(box, 'publisher', 'change-address', { patient: '9000000009', postcode: 'LS1 4AP' });
    await act(box, 'publisher', 'change-address', { patient: '9000000009', postcode: 'LS1 5AP' });
    expect(await listed(box)).toMatchObject({ subscriptions: [{ number: 2, missing: [1] }] });
    await advance(box, 2_000);
    expect(await listed(box)).toMatchObject({
      subscriptions: [{ number: 2, missing: [] }],
      received: [{ event: '1', outcome: 'older' }, { event: '2', outcome: 'new' }, { kind: 'handshake' }],
    });
  });

  it('drops a repeat, and recognises its own echo', async () => {
    const box = await open();
    await subscribe(box, { content: 'full-resource' });
    await fault(box, {
      participant: 'broker',
      operation: 'notify',
      times: 1,
      effect: { kind: 'message', as: 'duplicate' },
    });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    expect((await listed(box)).received.map(({ outcome }) => outcome)).toEqual(['repeat', 'new', 'noted']);
    await act(box, 'subscriber', 'correct-record', { patient: '9000000017' });
    expect((await listed(box)).received[0]).toMatchObject({ outcome: 'own' });
  });

  it('takes subscribers in and lets them go while it runs; one hears nothing of what the other asked for', async () => {
    const box = await open();
    await act(box, 'other-subscriber', 'subscribe', { topic: ENCOUNTERS });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const { subscription } = await subscribe(box);
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    await act(box, 'publisher', 'admit', { patient: '9000000017' });
    expect((await listed(box)).received.map(({ focus }) => focus)).toEqual(['Patient/9000000017', '']);
    const others = (await listed(box, 'other-subscriber')).received;
    expect(others.map(({ focus }) => focus.split('/')[0])).toEqual(['Encounter', '']);
    expect(await act(box, 'subscriber', 'unsubscribe')).toMatchObject({ status: 204 });
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    expect(await toSubscriber(box)).toHaveLength(4);
    expect(await call(`${box.fhir}/Subscription/${subscription}`)).toMatchObject({ status: 410 });
  });

  it('says how it stands, and its events, by POST too, as clients of FHIR call operations', async () => {
    const box = await open();
    const { subscription } = await subscribe(box, { heartbeat: 0 });
    for (const patient of ['9000000009', '9000000017']) await act(box, 'publisher', 'change-address', { patient });
    const post = (path: string, ...parameter: readonly object[]) =>
      call(`${box.fhir}/Subscription${path}`, { method: 'POST', body: { resourceType: 'Parameters', parameter } });
    expect(await post(`/${subscription}/$status`)).toMatchObject({
      status: 200,
      body: { type: 'searchset', total: 1 },
    });
    expect(await post('/$status', { name: 'status', valueCode: 'error' })).toMatchObject({ body: { total: 0 } });
    expect(await post('/$status', { name: 'id', valueId: subscription })).toMatchObject({ body: { total: 1 } });
    const since = { name: 'eventsSinceNumber', valueString: '2' };
    const said = JSON.stringify((await post(`/${subscription}/$events`, since)).body);
    expect([said.includes('Patient/9000000017'), said.includes('Patient/9000000009')]).toEqual([true, false]);
    expect((await post(`/${subscription}/$events`, { name: 'content', valueCode: 'all' })).status).toBe(400);
    expect((await post('/nobody/$events')).status).toBe(404);
  });

  it('is listed among the topics of the capability statement', async () => {
    const { fhir } = await open();
    expect(JSON.stringify((await call(`${fhir}/metadata`)).body)).toContain(`"valueCanonical":"${PATIENTS}"`);
  });

  it('is not shown to the publisher, in whichever way it asks', async () => {
    const box = await open();
    await subscribe(box);
    const { participants } = await sandboxOf(box);
    const key = participants.find(({ name }) => name === 'publisher')?.credential ?? '';
    const headers = { authorization: `Bearer ${key}` };
    for (const path of ['/Subscription', '/Subscription/$status', '/_history'])
      expect((await call(`${box.fhir}${path}`, { headers })).status).toBe(403);
    const nothing = { method: 'POST', headers, body: { resourceType: 'Parameters' } };
    expect((await call(`${box.fhir}/Subscription/$status`, nothing)).status).toBe(403);
    const asked = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ request: { method: 'GET', url: 'Subscription' } }],
    };
    expect((await call(box.fhir, { method: 'POST', headers, body: asked })).status).toBe(403);
    expect((await call(`${box.fhir}/Patient?_count=1`, { headers })).status).toBe(200);
  });
});
