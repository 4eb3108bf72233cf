import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

const DAY = 86_400_000;
let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const open = async (seats: Record<string, 'external' | 'stopped'> = {}): Promise<{ id: string; base: string }> => {
  count += 1;
  const id = `p${count}`;
  return { id, base: await played.open(id, { dialect: 'fhir-r4', seed: 1, people: 0, seats }) };
};
const sent = (id: string) => played.act(id, 'sender', 'list-sent');
const received = (id: string) => played.act(id, 'recipient', 'list-received');
const send = (id: string, input: object = {}) =>
  played.act(id, 'sender', 'send-notification', { patient: '9000000009', ...input });
const setMode = (id: string, name: string, mode: string, url: string | null = null) =>
  played.host.sql.transaction((tx) =>
    tx.query('update participant set mode = $3, url = $4 where sandbox = $1 and name = $2', [id, name, mode, url]),
  );

describe('a notification through the exchange', () => {
  it('is accepted for delivery, delivered, stored by the recipient, and found there as FHIR', async () => {
    const { id, base } = await open();
    expect(await send(id)).toMatchObject({ state: 'accepted', status: 202 });
    await played.settled(id);
    expect(await received(id)).toMatchObject({
      received: [{ event: 'discharge-notification', via: 'http', times: 1 }],
    });
    expect((await call(`${base}/recipient/FHIR/R4/Encounter`)).body).toMatchObject({
      entry: [{ resource: { status: 'finished' } }],
    });
    // Accepted is not delivered, and nobody has told the sender more than that.
    expect(await sent(id)).toMatchObject({ sent: [{ state: 'accepted' }] });
  });

  it('is acknowledged at infrastructure level where that was asked for, and only there', async () => {
    const { id } = await open();
    await send(id, { acknowledge: true });
    await played.settled(id);
    expect(await sent(id)).toMatchObject({ sent: [{ state: 'acknowledged' }] });
    const events = (await played.exchanges(id)).filter(({ operation }) => operation === 'processMessage');
    // Sender to exchange to recipient, and back again: an acknowledgement is not acknowledged.
    expect(events.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'sender broker',
      'broker recipient',
      'recipient broker',
      'broker sender',
    ]);
  });

  it('waits while the recipient is away, and arrives once when it is back', async () => {
    const { id } = await open();
    await setMode(id, 'recipient', 'stopped');
    await send(id);
    await played.settled(id);
    await played.advance(id, DAY);
    expect(await received(id)).toEqual({ received: [] });
    await setMode(id, 'recipient', 'simulated');
    await played.advance(id, 3 * 3_600_000 * 1.3);
    expect(await received(id)).toMatchObject({ received: [{ times: 1 }] });
  });

  it('is reported to the sender after five days in which nobody took it in, in far less than a second', async () => {
    const { id } = await open();
    await setMode(id, 'recipient', 'stopped');
    await send(id);
    await played.settled(id);
    await played.advance(id, 5 * DAY);
    expect(await sent(id)).toMatchObject({
      sent: [{ state: 'not-delivered', reason: expect.stringContaining('five days') }],
    });
    await setMode(id, 'recipient', 'simulated');
    await played.advance(id, DAY);
    expect(await received(id)).toEqual({ received: [] });
  });

  it('has one effect though it is handed over twice', async () => {
    const { id, base } = await open();
    await send(id);
    await played.settled(id);
    const [first] = (await played.exchanges(id)).filter(({ operation }) => operation === 'processMessage');
    const again = await call(`${base}/broker/FHIR/R4/$process-message`, { method: 'POST', body: first?.request?.body });
    expect(again.status).toBe(202);
    const direct = await call(`${base}/recipient/FHIR/R4/$process-message`, {
      method: 'POST',
      body: first?.request?.body,
    });
    expect(direct).toMatchObject({ status: 409, body: { issue: [{ code: 'duplicate' }] } });
    await played.settled(id);
    expect(await received(id)).toMatchObject({ received: { length: 1 } });
  });

  it('is refused for a recipient or a workflow that nobody knows, and where it asks for a business acknowledgement', async () => {
    const { id, base } = await open();
    await send(id);
    await played.settled(id);
    const [first] = (await played.exchanges(id)).filter(({ operation }) => operation === 'processMessage');
    const bundle = first?.request?.body ?? '';
    const post = (body: string) => call(`${base}/broker/FHIR/R4/$process-message`, { method: 'POST', body });
    expect((await post(bundle.replaceAll('/recipient/FHIR', '/somebody/FHIR'))).status).toBe(422);
    expect((await post(bundle.replaceAll('discharge-notification', 'lunch-notification'))).status).toBe(422);
    expect(await played.act(id, 'sender', 'ask-for-business-acknowledgement', { patient: '9000000009' })).toMatchObject(
      {
        state: 'refused',
        status: 422,
        because: expect.stringMatching(/asynchronous request\/response, which offers one, by mail too$/),
      },
    );
  });

  it('reaches a plain HTTP listener that somebody else has at the seat', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString().slice(0, 24)}`);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { id } = await open();
    await setMode(id, 'recipient', 'external', `http://127.0.0.1:${port}`);
    await send(id);
    await played.settled(id);
    expect(seen).toEqual(['POST /$process-message {"resourceType":"Bundle"']);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('an exchange that lets everything through', () => {
  it('has nothing to bring again before it has brought something', async () => {
    const { id } = await open();
    await expect(played.act(id, 'broker', 'bring-again')).rejects.toThrow(/Nothing has been brought/);
  });

  it('brings the same message again, which the recipient knows', async () => {
    const { id } = await open();
    await send(id);
    await played.settled(id);
    expect(await played.act(id, 'broker', 'bring-again')).toMatchObject({ status: 409 });
    expect(await received(id)).toMatchObject({ received: [{ times: 2 }] });
  });

  it.each([
    ['bring-unknown-workflow', 422],
    ['bring-invalid', 400],
  ])('is refused by the recipient: %s', async (name, status) => {
    const { id, base } = await open();
    expect(await played.act(id, 'broker', name, { patient: '9000000009' })).toMatchObject({ status });
    expect(await received(id)).toEqual({ received: [] });
    expect((await call(`${base}/recipient/FHIR/R4/Encounter`)).body).toMatchObject({ total: 0 });
  });
});

describe('a notification by other ways', () => {
  it('is an ADT over MLLP, stored before it is acknowledged', async () => {
    const { id, base } = await open();
    expect(await send(id, { via: 'mllp' })).toMatchObject({ state: 'acknowledged', code: 'AA' });
    expect(await received(id)).toMatchObject({ received: [{ via: 'mllp', event: 'discharge-notification' }] });
    expect((await call(`${base}/recipient/FHIR/R4/Encounter`)).body).toMatchObject({
      entry: [{ resource: { status: 'finished' } }],
    });
  });

  it('lies in the recipient’s queue, and is handled once', async () => {
    const { id } = await open();
    expect(await send(id, { via: 'queue', event: 'document-notification' })).toMatchObject({ state: 'accepted' });
    await played.settled(id);
    expect(await received(id)).toMatchObject({
      received: [{ via: 'queue', event: 'document-notification', times: 1 }],
    });
  });

  it('is held in the queue while the seat is somebody else’s', async () => {
    const { id } = await open({ recipient: 'external' });
    await send(id, { via: 'queue' });
    await played.settled(id);
    expect(await received(id)).toEqual({ received: [] });
  });
});
