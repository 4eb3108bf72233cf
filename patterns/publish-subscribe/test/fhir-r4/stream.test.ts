import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { topicSubscription } from '../../subscribing.ts';
import { TOPICS } from '../../topics.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, settled, sandboxOf } = sandboxes();

const subscribe = async (box: Box): Promise<string> => {
  const { channel, ...rest } = topicSubscription('', { topic: TOPICS[0]?.url ?? '', content: 'id-only', heartbeat: 0 });
  const { endpoint: _, ...kept } = channel;
  const made = await call(`${box.fhir}/Subscription`, {
    method: 'POST',
    body: { ...rest, channel: { ...kept, type: 'message' } },
  });
  await settled(box);
  const { id } = made.body as { id: string };
  return id;
};

/** Reads events until there are so many, then leaves. */
const readEvents = async (url: string, count: number, headers: Readonly<Record<string, string>> = {}) => {
  const gone = new AbortController();
  const reply = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: gone.signal });
  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  const found: string[] = [];
  let text = '';
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    found.push(...parts.filter((part) => part.includes('event: ')));
    if (found.length >= count) break;
  }
  gone.abort();
  return found;
};
const idsOf = (events: readonly string[]) => events.map((event) => /^id: (\d+)$/m.exec(event)?.[1]);

describe('events as a stream, for who cannot be called', () => {
  it('has what was and what comes, by number, and goes on after the last that is known', async () => {
    const box = await open();
    const id = await subscribe(box);
    expect(await call(`${box.fhir}/Subscription/${id}`)).toMatchObject({ body: { status: 'active' } });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const url = `${box.base}/broker/subscriptions/${id}/stream`;
    const two = readEvents(url, 2);
    await act(box, 'publisher', 'report-death', { patient: '9000000017' });
    const events = await two;
    expect(idsOf(events)).toEqual(['1', '2']);
    expect(events[1]).toContain('Patient/9000000017');
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    expect(idsOf(await readEvents(url, 1, { 'last-event-id': '2' }))).toEqual(['3']);
    expect(idsOf(await readEvents(`${url}?after=1`, 2))).toEqual(['2', '3']);
  });

  it('is a WebSocket at the same address, too, with the same numbers', async () => {
    const box = await open();
    const id = await subscribe(box);
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const address = `${box.base}/broker/subscriptions/${id}/stream`.replace('http:', 'ws:');
    const socket = new WebSocket(`${address}?after=0`);
    const messages: string[] = [];
    const two = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        if (messages.push(String(data)) === 2) resolve();
      });
    });
    await once(socket, 'message');
    await act(box, 'publisher', 'report-death', { patient: '9000000017' });
    await two;
    expect(messages.map((message) => JSON.parse(message))).toMatchObject([
      { id: 1, event: 'notification', data: { resourceType: 'Bundle' } },
      { id: 2, event: 'notification' },
    ]);
    await call(`${box.fhir}/Subscription/${id}`, { method: 'DELETE' });
    const [closed] = await once(socket, 'close');
    expect(closed).toMatchObject({ code: 1000 });
  });

  it('is no WebSocket where it is no stream', async () => {
    const box = await open();
    for (const path of ['/broker/subscriptions/none/stream', '/broker/FHIR/R4/Patient/9000000009']) {
      const socket = new WebSocket(`${box.base}${path}`.replace('http:', 'ws:'));
      const [error] = await once(socket, 'error');
      expect(error).toBeDefined();
    }
  });

  it('ends when the subscription does', async () => {
    const box = await open();
    const id = await subscribe(box);
    const reply = await fetch(`${box.base}/broker/subscriptions/${id}/stream`);
    await call(`${box.fhir}/Subscription/${id}`, { method: 'DELETE' });
    expect(await reply.text()).toContain('event: gone');
  });

  it('is nothing for a publisher, and nothing where nobody has subscribed', async () => {
    const box = await open();
    const id = await subscribe(box);
    const { participants } = await sandboxOf(box);
    const key = participants.find(({ name }) => name === 'publisher')?.credential ?? '';
    const headers = { authorization: `Bearer ${key}` };
    expect((await call(`${box.base}/broker/subscriptions/${id}/stream`, { headers })).status).toBe(403);
    expect((await call(`${box.base}/broker/subscriptions/none/stream`)).status).toBe(404);
  });

  it('does not keep the service from closing', async () => {
    const box = await open();
    const id = await subscribe(box);
    const reply = await fetch(`${box.base}/broker/subscriptions/${id}/stream`);
    const socket = new WebSocket(`${box.base}/broker/subscriptions/${id}/stream`.replace('http:', 'ws:'));
    await once(socket, 'open');
    // Both left open: the file ends only if closing ends them.
    expect(reply.status).toBe(200);
  });
});
