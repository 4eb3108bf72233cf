import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq } from '../../test/engines/rabbitmq.ts';
import { createNames, message, openInbox, untilUp } from './contract-inbox.ts';
import type { External } from './external.ts';
import { openBroker } from './open.ts';
import type { Broker } from './port.ts';

const DAY = 86_400_000;

/** Debian's amqp-tools: code that is not ours. */
const run = async (program: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
};

describe.skipIf(rabbitmqIsMissing())('parties outside on RabbitMQ', { timeout: 60_000 }, () => {
  let server: Rabbitmq;
  let broker: Broker;
  const name = createNames();
  const external = (): External => {
    if (broker.external === undefined) throw new Error('the driver lets nobody in');
    return broker.external;
  };
  /** What a party publishes, as it is taken. */
  const openPublished = (party: string) =>
    openInbox({ consume: (queue, handler) => external().take(queue, handler, () => undefined) }, party);
  const queues = async () =>
    (await server.manage('GET', 'queues')) as { name: string; arguments: Record<string, unknown> }[];
  beforeAll(async () => {
    server = await startRabbitmq();
    broker = await openBroker(server.url, { managementUrl: server.managementUrl });
    await untilUp(broker);
  }, 120_000);
  afterAll(async () => {
    await broker.close();
    await server.remove();
  });

  it('can let somebody in', async () => {
    expect(await external().obstacle()).toBeUndefined();
  });

  it('lets amqp-publish send to its own exchange, and amqp-consume take from its own queue', async () => {
    const party = name('party');
    const access = await external().grant(party, { unusedFor: DAY });
    const inbox = await openPublished(party);
    const sent = ['-e', access.exchange, '-r', 'referrals', '-C', 'application/fhir+json', '-b', '{"a":1}'];
    expect(await run('amqp-publish', ['-u', access.url, ...sent])).toMatchObject({ code: 0 });
    const [received] = await inbox.count(1);
    expect(Buffer.from(received?.body ?? '').toString()).toBe('{"a":1}');
    expect(received?.headers).toMatchObject({ 'content-type': 'application/fhir+json' });
    await broker.send(party, message('for you', { body: 'from us' }));
    const consumed = await run('amqp-consume', ['-u', access.url, '-q', access.queue, '-c', '1', 'cat']);
    expect(consumed).toMatchObject({ code: 0, out: 'from us' });
    await inbox.stop();
  });

  it('lets it use nothing else', async () => {
    const [party, other, ours] = [name('party'), name('other'), name('ours')];
    const inbox = await openInbox(broker, ours);
    const access = await external().grant(party, { unusedFor: DAY });
    const foreign = await external().grant(other, { unusedFor: DAY });
    const own = ['-u', access.url];
    for (const refused of [
      run('amqp-publish', [...own, '-e', foreign.exchange, '-r', 'in', '-b', 'x']),
      run('amqp-publish', [...own, '-e', 'integration.topics', '-r', 'in', '-b', 'x']),
      run('amqp-publish', [...own, '-r', `integration.${ours}`, '-b', 'x']),
      run('amqp-consume', [...own, '-q', foreign.queue, '-c', '1', 'cat']),
      run('amqp-consume', [...own, '-q', `${access.queue}.in`, '-c', '1', 'cat']),
      run('amqp-consume', [...own, '-q', `integration.${ours}`, '-c', '1', 'cat']),
      run('amqp-declare-queue', [...own, '-q', 'mine', '-d']),
      run('amqp-delete-queue', [...own, '-q', access.queue]),
    ]) {
      const { code, err } = await refused;
      expect([code === 0, err]).toEqual([false, expect.stringMatching(/ACCESS_REFUSED|access/i)]);
    }
    expect(inbox.handled).toEqual([]);
    expect((await queues()).map((queue) => queue.name)).not.toContain('mine');
  });

  it('ends its connections and takes everything back when it is revoked', async () => {
    const party = name('party');
    const access = await external().grant(party, { unusedFor: DAY });
    const theirs = await connect(access.url);
    theirs.on('error', () => undefined);
    const ended = once(theirs, 'close');
    await external().revoke(party);
    await ended;
    await external().revoke(party);
    await expect(connect(access.url)).rejects.toThrow(/ACCESS.REFUSED/);
    await expect(broker.send(party, message('late'))).rejects.toMatchObject({ trouble: 'unroutable' });
  });

  it('tells whoever takes what a party publishes that there is nothing to take any more, and takes from all others', async () => {
    const [party, other] = [name('party'), name('other')];
    await external().grant(party, { unusedFor: DAY });
    const access = await external().grant(other, { unusedFor: DAY });
    const [first, second, late] = [0, 1, 2].map(() => Promise.withResolvers<void>());
    await external().take(
      party,
      async () => undefined,
      () => first?.resolve(),
    );
    await external().take(
      party,
      async () => undefined,
      () => second?.resolve(),
    );
    const inbox = await openPublished(other);
    await external().revoke(party);
    await Promise.all([first?.promise, second?.promise]);
    await external().take(
      party,
      async () => undefined,
      () => late?.resolve(),
    );
    await late?.promise;
    await run('amqp-publish', ['-u', access.url, '-e', access.exchange, '-r', 'in', '-b', 'still']);
    expect(await inbox.count(1)).toHaveLength(1);
    await inbox.stop();
  });

  it('refuses what a party publishes beyond what may wait, and takes from another meanwhile', async () => {
    const [party, other] = [name('party'), name('other')];
    const [access, beside] = [
      await external().grant(party, { unusedFor: DAY }),
      await external().grant(other, { unusedFor: DAY }),
    ];
    const theirs = await connect(access.url);
    theirs.on('error', () => undefined);
    const channel = await theirs.createConfirmChannel();
    const large = Buffer.alloc(16 * 1024 * 1024);
    const publish = () =>
      new Promise<boolean>((resolve) => {
        channel.publish(access.exchange, 'in', large, {}, (refused) => resolve(refused === null));
      });
    let taken = 0;
    while (await publish()) taken += 1;
    expect(taken).toBeGreaterThanOrEqual(4);
    const inbox = await openPublished(other);
    await run('amqp-publish', ['-u', beside.url, '-e', beside.exchange, '-r', 'in', '-b', 'beside']);
    expect(await inbox.count(1)).toHaveLength(1);
    await inbox.stop();
    await theirs.close();
  });

  it('gives its queues an end, and a new password when it is granted again', async () => {
    const party = name('party');
    const first = await external().grant(party, { unusedFor: DAY });
    const second = await external().grant(party, { unusedFor: 2 * DAY });
    expect(second.queue).toBe(first.queue);
    await expect(connect(first.url)).rejects.toThrow(/ACCESS.REFUSED/);
    const theirs = await connect(second.url);
    // RabbitMQ may reset a connection that it was asked to close.
    theirs.on('error', () => undefined);
    await theirs.close();
    const limits = Object.fromEntries((await queues()).map((queue) => [queue.name, queue.arguments]));
    for (const queue of [second.queue, `${second.queue}.in`])
      expect(limits[queue]).toMatchObject({ 'x-expires': DAY, 'x-max-length': 10_000 });
  });

  it('says why it lets nobody in, without credentials', async () => {
    const nowhere = await openBroker(server.url, { managementUrl: 'http://me:s3cret@127.0.0.1:1' });
    const obstacle = await nowhere.external?.obstacle();
    expect(obstacle).toMatch(/management API at http:\/\/127.0.0.1:1 does not answer: .*rabbitmq-plugins enable/);
    const wrong = await openBroker(server.url, {
      managementUrl: server.managementUrl.replace('guest:guest', 'me:s3cret'),
    });
    expect(await wrong.external?.obstacle()).toMatch(/answered 401: enable it with/);
    expect(`${obstacle}`).not.toContain('s3cret');
    await Promise.all([nowhere.close(), wrong.close()]);
  });
});
