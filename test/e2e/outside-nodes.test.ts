import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPhases } from '../../sandbox/broker/contract-inbox.ts';
import { testEngines } from '../../sandbox/engines.test-data.ts';
import { checkedApi } from '../../src/api/test/checked-api.ts';
import { type Box, boxOf, consume, type Endpoint, makeBox, publish } from './outside-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';

const OUTSIDE = { mode: 'external', queue: true };
const NOTICE = { patient: '9000000009', via: 'queue' };
const folder = temporaryFolder();
let one: Service;
let other: Service;

/** The same sandbox at the other node. */
const across = async ({ id, key }: Box): Promise<Box> => boxOf(await checkedApi(other.url), id, key);
/** Once there is one: a node sees within seconds what another was asked for. */
const endpointOf = async (box: Box, participant: string): Promise<Endpoint> => {
  for (;;) {
    const found = await box.amqp(participant);
    if (found?.url !== undefined) return found;
  }
};
/** A message that a sender could publish. */
const notification = async (): Promise<string> => {
  const box = await makeBox(one.url, { recipient: OUTSIDE });
  await box.act('sender', 'send-notification', NOTICE);
  return (await consume(await endpointOf(box, 'recipient'))).out;
};
const received = async (box: Box): Promise<unknown> => (await box.act('recipient', 'list-received')).received;
const arrivals = (box: Box, of: string) =>
  box.journal(({ summary, request }) => /RECEIVE/.test(summary ?? '') && request?.body?.includes(of) === true);

describe('two nodes and a participant outside, on PostgreSQL and RabbitMQ', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const { brokerUrl } = await testEngines(`${folder.path}/fingerpost.db`);
    const env = { PUBLIC_BROKER_URL: `amqp://localhost:${new URL(brokerUrl).port}` };
    [one, other] = await Promise.all([startService(folder.path, env), startService(folder.path, env)]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    folder.remove();
  });

  it('show it one endpoint, under the name by which it reaches the broker, and send each message to it once', async () => {
    const box = await makeBox(one.url, { recipient: OUTSIDE });
    const there = await across(box);
    const own = await endpointOf(box, 'recipient');
    expect(await endpointOf(there, 'recipient')).toEqual(own);
    expect(own.url).toMatch(/^amqp:\/\/[^@]+@localhost:/);
    const sent = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, n) => (await (n % 2 ? box : there).act('sender', 'send-notification', NOTICE)).message,
      ),
    );
    const { out } = await consume(own, 20);
    for (const message of sent) expect(out.split(`"id":"${message}"`)).toHaveLength(2);
  });

  it('take what it publishes, whichever of them let it in, with one effect; and go on when the other shows it out', async () => {
    const phase = createPhases(() => `${one.url} and ${other.url}`);
    const body = await phase('a notification to be published', notification());
    const [mine, theirs] = [await makeBox(one.url, { sender: OUTSIDE }), await makeBox(other.url, { sender: OUTSIDE })];
    const [first, second] = await phase(
      'endpoints',
      Promise.all([endpointOf(mine, 'sender'), endpointOf(theirs, 'sender')]),
    );
    for (const own of [first, second])
      for (const { code, err } of await phase(
        'publishing',
        Promise.all(Array.from({ length: 5 }, () => publish(own, 'inbox', body, ['message-id: m1']))),
      ))
        expect([code, err]).toEqual([0, '']);
    for (const [box, who] of [
      [mine, 'mine'],
      [await across(mine), 'mine at the other'],
      [theirs, 'theirs'],
    ] as const) {
      await phase(`arrival in ${who}`, arrivals(box, 'discharge-notification'));
      expect(await received(box)).toMatchObject([{ times: 1 }]);
    }
    await phase('showing out', (await across(mine)).seat('sender', { mode: 'simulated' }));
    expect((await phase('publishing in vain', publish(first, 'inbox', body))).code).not.toBe(0);
    const last = await phase('publishing again', publish(second, 'inbox', 'still here', ['message-id: m2']));
    expect([last.code, last.err]).toEqual([0, '']);
    await phase('the last arrival', arrivals(theirs, 'still here'));
  });

  it('lose nothing that it published when the one that let it in is killed', async () => {
    const box = await makeBox(one.url, { sender: OUTSIDE });
    const own = await endpointOf(box, 'sender');
    const before = Array.from({ length: 10 }, (_, n) => publish(own, 'inbox', `before ${n}`, [`message-id: b${n}`]));
    await one.kill();
    await Promise.all(before);
    await publish(own, 'inbox', 'after', ['message-id: a']);
    const there = await across(box);
    for (const body of ['after', ...before.map((_, n) => `before ${n}`)]) await arrivals(there, body);
    const { body } = await there.api<{ items: { depth: Record<string, number> }[] }>(
      'GET',
      `/api/sandboxes/${box.id}/queues`,
      { key: box.key },
    );
    expect(body.items.map(({ depth }) => depth.dead)).toContain(11);
  });
});
