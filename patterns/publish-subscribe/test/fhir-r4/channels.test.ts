import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, settled, sandboxOf, advance, fault, seen, listed, seat } = sandboxes();

const byCriteria = async (box: Box, channel: object, more: object = {}) => {
  const made = await call(`${box.fhir}/Subscription`, {
    method: 'POST',
    body: {
      ...{ resourceType: 'Subscription', status: 'requested', reason: 'A test', criteria: 'Patient?', channel },
      ...more,
    },
  });
  await settled(box);
  return { status: made.status, body: made.body as { id: string; issue?: readonly { diagnostics: string }[] } };
};

describe('the channel websocket of R4', () => {
  const connect = async (box: Box) => {
    const socket = new WebSocket(`${box.base}/broker/websocket`.replace('http:', 'ws:'));
    await once(socket, 'open');
    const say = async (what: string): Promise<string> => {
      const answer = once(socket, 'message');
      socket.send(what);
      const [{ data }] = await answer;
      return String(data);
    };
    return { socket, say };
  };

  it('binds a subscription by its id, and pings it for each event from then on', async () => {
    const box = await open();
    const { body } = await byCriteria(box, { type: 'websocket' });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const { socket, say } = await connect(box);
    expect(await say(`bind ${body.id}`)).toBe(`bound ${body.id}`);
    const pinged = once(socket, 'message');
    await act(box, 'publisher', 'report-death', { patient: '9000000017' });
    const [{ data }] = await pinged;
    expect(data).toBe(`ping ${body.id}`);
    expect(await call(`${box.fhir}/Subscription/${body.id}`)).toMatchObject({ body: { status: 'active' } });
    socket.close();
  });

  it.each(['bind nothing-of-the-sort', 'hello'])('is closed by %s', async (what) => {
    const box = await open();
    const { socket } = await connect(box);
    const closed = once(socket, 'close');
    socket.send(what);
    expect((await closed)[0]).toMatchObject({ code: 1008 });
  });

  it('is named by the capability statement, beside what is served and what is not, and why', async () => {
    const box = await open();
    const { body } = await call(`${box.fhir}/metadata`);
    expect(body).toMatchObject({
      rest: [
        {
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket',
              valueUri: `${box.base}/broker/websocket`.replace('http:', 'ws:'),
            },
          ],
        },
      ],
    });
    expect(JSON.stringify(body)).toContain('sms is not served: nothing leaves a sandbox');
  });
});

describe('a channel that is not served', () => {
  it.each([
    [{ type: 'sms', endpoint: 'tel:01134960000' }, 'nothing leaves a sandbox'],
    [{ type: 'email', endpoint: 'mailto:a@example.org' }, 'nothing leaves a sandbox'],
    [{ type: 'websocket', endpoint: 'ws://example.org' }, 'the client connects to the broker'],
    [{ type: 'message', endpoint: 'queue:nobody' }, 'queue:subscriber'],
    [{ type: 'message', payload: 'application/fhir+xml' }, 'is not produced here'],
  ])('%j is refused with the reason', async (channel, reason) => {
    const { status, body } = await byCriteria(await open(), channel);
    expect([status, body.issue?.[0]?.diagnostics]).toEqual([422, expect.stringContaining(reason)]);
  });
});

describe('several events', () => {
  it('go in one notification where that was asked for, once they have piled up', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe', { heartbeat: 0, maxCount: 10 });
    await fault(box, {
      ...{ participant: 'subscriber', operation: 'takeNotification', times: 1 },
      effect: { kind: 'status', status: 503 },
    });
    for (const patient of ['9000000009', '9000000017', '9000000009'])
      await act(box, 'publisher', 'change-address', { patient });
    await advance(box, 20_000);
    const told = (await seen(box, 'takeNotification')).filter(({ reply }) => reply?.status === 204).slice(1);
    expect(told).toHaveLength(1);
    expect(told[0]?.request?.body?.match(/"notification-event"/g)).toHaveLength(3);
    expect((await listed(box)).received.map(({ event }) => event)).toEqual(['3', '2', '1', '']);
  });
});

describe('a notification to a system outside', () => {
  it('is signed with the credential of its receiver, over the time and the body', async () => {
    const box = await open();
    const calls: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
    const server = createServer((request, response) => {
      text(request).then((body) => {
        calls.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await seat(box, 'subscriber', url);
    await byCriteria(box, { type: 'rest-hook', endpoint: `${url}/hook`, payload: 'application/fhir+json' });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    server.close();
    const { participants } = await sandboxOf(box);
    const secret = participants.find(({ name }) => name === 'subscriber')?.credential ?? '';
    expect(calls).toHaveLength(1);
    for (const { headers, body } of calls) {
      const at = String(headers['x-webhook-timestamp']);
      const hash = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      expect(headers['x-webhook-signature']).toBe(`sha256=${hash}`);
      expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(60);
    }
  });
});

describe('a subscriber that is told by queue', () => {
  it('gets a handshake and its events there, by number', async () => {
    const box = await open();
    expect(await act(box, 'subscriber', 'subscribe', { byQueue: true })).toMatchObject({
      endpoint: 'queue:subscriber',
    });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    expect(await listed(box)).toMatchObject({
      subscriptions: [{ state: 'active', number: 1, missing: [] }],
      received: [{ event: '1', outcome: 'new', focus: 'Patient/9000000009' }, { kind: 'handshake' }],
    });
    expect(await seen(box, 'takeNotification')).toEqual([]);
  });
});
