import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import type { RunningService } from '../../src/main.ts';
import { type Rabbitmq, startRabbitmq } from '../engines/rabbitmq.ts';
import { type Box, boxOf, consume, type Endpoint, makeBox, publish, serve } from './outside-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const OUTSIDE = { mode: 'external', queue: true };
const NOTICE = { patient: '9000000009', via: 'queue' };
const folder = temporaryFolder();

const endpointOf = async (box: Box, participant: string): Promise<Endpoint> => {
  const found = await box.amqp(participant);
  if (found?.url === undefined) throw new Error(`no queue: ${JSON.stringify(found)}`);
  return found;
};
const received = (box: Box) => box.act('recipient', 'list-received');

describe('a participant outside that uses RabbitMQ', { timeout: 120_000 }, () => {
  let server: Rabbitmq;
  let service: RunningService;
  let store: string;
  let later = 0;
  const start = async (): Promise<void> => {
    const env = { STORE_URL: store, BROKER_URL: server.url, BROKER_MANAGEMENT_URL: server.managementUrl };
    service = await serve(env, () => Date.now() + later);
    for (;;) if ((await fetch(`${service.url}/readyz`)).status === 200) return;
  };
  const users = async (): Promise<string> => JSON.stringify(await server.manage('GET', 'users'));
  /** Until the broker says so: what follows from a deletion is not waited for by whoever deletes. */
  const untilUsers = async (is: (listed: string) => boolean): Promise<void> => {
    while (!is(await users()));
  };
  beforeAll(async () => {
    server = await startRabbitmq();
    store = await testStore(join(folder.path, 'outside.db'));
    await start();
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await server.remove();
    folder.remove();
  });

  it('gets what was held for it, and what comes after that, from its own queue by amqp-consume', async () => {
    const box = await makeBox(service.url, { recipient: { mode: 'external' } });
    const { message } = await box.act('sender', 'send-notification', NOTICE);
    await box.journal(({ note }) => note?.startsWith('held') === true);
    expect(await box.seat('recipient', OUTSIDE)).toMatchObject({ status: 200, body: { queue: true } });
    const own = await endpointOf(box, 'recipient');
    expect(own).toMatchObject({ url: expect.stringMatching(/^amqp:\/\/[^:]+:fp_[^@]+@127\.0\.0\.1/), routingKeys: [] });
    const first = await consume(own);
    expect([first.code, JSON.parse(first.out)]).toMatchObject([0, { resourceType: 'Bundle', type: 'message' }]);
    expect(first.out).toContain(String(message));
    const { message: second } = await box.act('sender', 'send-notification', NOTICE);
    expect((await consume(own)).out).toContain(String(second));
    const journal = await box.journal(
      ({ note, request }) => note?.includes('confirmed') === true && `${request?.body}`.includes(String(second)),
    );
    const sent = journal.filter(({ summary }) => summary === `SEND ${own.queue}`);
    expect(sent.map(({ from, to }) => `${from} ${to}`)).toEqual(['sender recipient', 'sender recipient']);
    expect(await server.depth(String(own.queue))).toBe(0);
    const { body } = await box.api<{ items: { consumer: string; depth: Record<string, number> }[] }>(
      'GET',
      `/api/sandboxes/${box.id}/queues`,
      { key: box.key },
    );
    const inbox = body.items.find(({ consumer }) => consumer === 'inbox');
    expect(Object.values(inbox?.depth ?? { none: 1 })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('is the sender of what amqp-publish sends to its exchange: a row with one effect, or refused and shown why', async () => {
    const other = await makeBox(service.url, { recipient: OUTSIDE });
    await other.act('sender', 'send-notification', NOTICE);
    const { out: body } = await consume(await endpointOf(other, 'recipient'));
    const box = await makeBox(service.url, { sender: OUTSIDE });
    const own = await endpointOf(box, 'sender');
    expect(own.routingKeys).toEqual(['inbox']);
    expect(await publish(own, 'inbox', body, ['message-id: m1'])).toMatchObject({ code: 0 });
    await box.journal(({ summary }) => summary === 'RECEIVE information-push.inbox');
    expect(await received(box)).toMatchObject({
      received: [{ event: 'discharge-notification', via: 'queue', times: 1 }],
    });
    await publish(own, 'inbox', body, ['message-id: m1']);
    await publish(own, 'deliver', body);
    await publish(own, 'inbox', body.replaceAll('9000000009', '4010232137'));
    // No envelope of ours, and no name of us, makes it anybody else.
    await publish(own, 'inbox', 'not FHIR', [
      `carrier-envelope: ${JSON.stringify({ serial: 1, id: 'x', attempt: 1 })}`,
    ]);
    const journal = await box.journal(({ note }) => note?.includes('a dead letter') === true);
    const notes = journal
      .filter(({ from, note }) => from === 'sender' && note !== undefined)
      .map(({ note, operation }) => `${operation} ${note}`);
    expect(notes).toEqual(
      expect.arrayContaining([
        'inbox repeated: it has its effect once',
        'deliver refused: the routing key names no consumer; there are inbox',
        'inbox refused: it has an NHS number that may belong to a real person, so its body is not kept',
      ]),
    );
    expect(JSON.stringify(journal)).not.toContain('4010232137');
    expect(await received(box)).toMatchObject({ received: [{ times: 1 }] });
  });

  it('touches nothing of another sandbox, and shows its credentials to control keys only, never in the journal', async () => {
    const [one, two] = [
      await makeBox(service.url, { recipient: OUTSIDE }),
      await makeBox(service.url, { recipient: OUTSIDE }),
    ];
    const [own, foreign] = [await endpointOf(one, 'recipient'), await endpointOf(two, 'recipient')];
    const url = String(own.url);
    expect(await consume({ ...foreign, url })).toMatchObject({
      code: 1,
      err: expect.stringContaining('ACCESS_REFUSED'),
    });
    expect((await publish({ ...foreign, url }, 'inbox', '{}')).code).not.toBe(0);
    expect(await consume({ ...own, url, queue: 'integration.outside' })).toMatchObject({ code: 1 });
    expect(await consume({ ...own, url, queue: 'integration.information-push.inbox' })).toMatchObject({ code: 1 });
    const path = `/api/sandboxes/${one.id}/keys`;
    const { body } = await one.api<{ key: string }>('POST', path, {
      key: one.key,
      body: { label: 'r', scope: 'read' },
    });
    const password = decodeURIComponent(new URL(url).password);
    expect(password).toMatch(/^fp_/);
    expect(await one.amqp('recipient', body.key)).toEqual({ ...own, url: url.replace(/\/\/[^@]+@/, '//') });
    await one.act('sender', 'send-notification', { ...NOTICE });
    await consume(own);
    expect(JSON.stringify(await one.journal(({ note }) => note?.includes('confirmed') === true))).not.toContain(
      password,
    );
  });

  it('loses its part of the broker with its seat, by a reset (which makes another) and when the sandbox is deleted', async () => {
    const box = await makeBox(service.url, { recipient: OUTSIDE });
    const first = await endpointOf(box, 'recipient');
    const theirs = await connect(String(first.url));
    theirs.on('error', () => undefined);
    const ended = once(theirs, 'close');
    await box.seat('recipient', { mode: 'simulated' });
    await ended;
    expect([await box.amqp('recipient'), (await users()).includes(String(first.queue))]).toEqual([undefined, false]);
    await box.seat('recipient', OUTSIDE);
    const second = await endpointOf(box, 'recipient');
    await box.api('POST', `/api/sandboxes/${box.id}/reset`, { key: box.key });
    const third = await endpointOf(box, 'recipient');
    expect(new Set([first.queue, second.queue, third.queue]).size).toBe(3);
    await expect(connect(String(second.url))).rejects.toThrow(/ACCESS.REFUSED/);
    await box.api('DELETE', `/api/sandboxes/${box.id}`, { key: box.key });
    await untilUsers((listed) => !listed.includes(String(third.queue)));
    while (JSON.stringify(await server.manage('GET', 'queues')).includes(String(third.queue)));
  });

  it('goes on after the service was away, with what it published meanwhile', async () => {
    const box = await makeBox(service.url, { sender: OUTSIDE });
    const own = await endpointOf(box, 'sender');
    await service.close();
    expect(await publish(own, 'inbox', 'while you were away')).toMatchObject({ code: 0 });
    await start();
    const { api } = await makeBox(service.url);
    const again = boxOf(api, box.id, box.key);
    expect(await again.amqp('sender')).toEqual(own);
    const journal = await again.journal(({ summary }) => summary === 'RECEIVE information-push.inbox');
    expect(journal.map(({ request }) => request?.body)).toContain('while you were away');
  });

  it('gets another queue where the broker has lost its own, with what it has not got yet', async () => {
    const box = await makeBox(service.url, { recipient: OUTSIDE });
    const own = await endpointOf(box, 'recipient');
    await server.manage('DELETE', `queues/%2F/${own.queue}`);
    await box.act('sender', 'send-notification', NOTICE);
    await box.journal(({ note }) => note?.includes('confirmed') === true);
    const anew = await endpointOf(box, 'recipient');
    expect((await consume(anew)).out).toContain('"message"');
  });

  it('gets what was sent while the broker was stopped, once it is there again', async () => {
    const box = await makeBox(service.url, { recipient: OUTSIDE });
    const own = await endpointOf(box, 'recipient');
    await server.stop();
    const { message } = await box.act('sender', 'send-notification', NOTICE);
    await server.start();
    await box.journal(({ note }) => note?.includes('confirmed') === true);
    expect((await consume(own)).out).toContain(String(message));
  });

  it('loses its part of the broker when its sandbox expires', async () => {
    const box = await makeBox(service.url, { recipient: OUTSIDE });
    const { queue } = await endpointOf(box, 'recipient');
    later = 25 * 3_600_000;
    await untilUsers((listed) => !listed.includes(String(queue)));
  });
});

describe('a queue outside where there is none to be had', () => {
  it('is said not to be there, and why', async () => {
    const service = await serve({ STORE_URL: 'sqlite::memory:' });
    const box = await makeBox(service.url, { recipient: OUTSIDE });
    const note = expect.stringContaining('BROKER_URL is not RabbitMQ');
    expect(await box.amqp('recipient')).toEqual({ participant: 'recipient', protocol: 'amqp', note });
    await box.act('sender', 'send-notification', NOTICE);
    await box.journal((one) => one.note?.startsWith('held: recipient has no queue yet') === true);
    await box.seat('recipient', { mode: 'simulated' });
    await box.journal(({ summary, note }) => summary === 'RECEIVE information-push.inbox' && note === undefined);
    expect(await received(box)).toMatchObject({ received: [{ times: 1 }] });
    expect(await box.seat('recipient', { mode: 'stopped', queue: true })).toMatchObject({ status: 400 });
    await service.close();
  });

  it('is refused by a pattern whose queues are all its own', async () => {
    const service = await serve({ STORE_URL: 'sqlite::memory:' });
    const box = await makeBox(service.url, {}, 'synchronous-request-response');
    const refused = await box.seat('provider', OUTSIDE);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ at: '/queue' }] } });
    await service.close();
  });
});
