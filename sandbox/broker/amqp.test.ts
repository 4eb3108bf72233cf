import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq } from '../../test/engines/rabbitmq.ts';
import { brokerContract } from './contract.ts';
import { createNames, message, numbered, openInbox, openUp, untilUp } from './contract-inbox.ts';
import { silenceContract } from './contract-silence.ts';
import { openBroker } from './open.ts';

/** Frames of AMQP 0-9-1: how that of basic.consume-ok begins behind its channel and size, and connection.close with 320. */
const CONSUME_OK = Buffer.from('003c0015', 'hex');
const CONNECTION_CLOSE = Buffer.from('0100000000000b000a003201400000000000ce', 'hex');

describe.skipIf(rabbitmqIsMissing())('RabbitMQ', () => {
  let server: Rabbitmq;
  const name = createNames();
  beforeAll(async () => {
    server = await startRabbitmq();
  }, 120_000);
  afterAll(() => server.remove());

  brokerContract('amqp', { open: () => openUp(server.url), nodes: 'many' });
  silenceContract(
    'amqp',
    () => server.url,
    (silent) => {
      it('begins by itself although the connection ended together with the last answer to what it asked for', async () => {
        const { proxy, open } = silent();
        const queue = name('ended');
        proxy.add(CONSUME_OK, CONNECTION_CLOSE);
        const broker = await open();
        const inbox = await openInbox(broker, queue);
        await untilUp(broker);
        await broker.send(queue, message('sent'));
        await inbox.count(1);
      });

      it('names the queue for which it was not answered', async () => {
        const { proxy, open } = silent();
        const queue = name('silent');
        const hushed = proxy.hush(queue);
        const broker = await open();
        const told = Promise.withResolvers<string>();
        broker.onState((state) => {
          if (!state.up && state.reason.includes(queue)) told.resolve(state.reason);
        });
        await openInbox(broker, queue);
        await hushed;
        expect(await told.promise).toMatch(
          /^RabbitMQ was reached, and did not answer for 0.25 s, asked for the queue /,
        );
      });

      it('makes everything anew although its goodbye was not answered, and says it once for all channels', async () => {
        const { proxy, open } = silent();
        const warned = vi.spyOn(process, 'emitWarning');
        const queue = name('deleted');
        const broker = await open();
        const inbox = await openInbox(broker, queue);
        // More than a connection may have listeners for the same without a warning.
        for (const more of numbered(12, name('more'))) await openInbox(broker, more);
        await untilUp(broker);
        const hushed = proxy.hush('Cheers, thanks');
        const own = await connect(server.url);
        await (await own.createChannel()).deleteQueue(`integration.${queue}`);
        await hushed;
        expect(broker.state()).toMatchObject({ up: false });
        await untilUp(broker);
        await broker.send(queue, message('sent'));
        await inbox.count(1);
        await own.close();
        expect(warned).not.toHaveBeenCalled();
      });
    },
  );

  it('makes durable quorum queues and persistent messages, named after the installation', async () => {
    const broker = await openUp(`${server.url}?prefix=ours`);
    const queue = name('durable');
    await broker.bind(name('topic'), queue);
    const listed = await server.control('list_queues', 'name', 'type', 'durable', '--quiet');
    expect(listed).toMatch(new RegExp(`ours\\.${queue}\tquorum\ttrue`));
    await broker.close();
  });

  it('takes a queue that is there as it is, although it is of another kind', async () => {
    const queue = name('classic');
    const own = await connect(server.url);
    const channel = await own.createChannel();
    await channel.assertQueue(`integration.${queue}`, { durable: true });
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    await broker.send(queue, message('carried'));
    await inbox.count(1);
    await broker.close();
    await own.close();
  });

  it('reads what somebody else sent: bytes, AMQP’s own fields as headers, an id where there is none', async () => {
    const queue = name('foreign');
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    const own = await connect(server.url);
    const channel = await own.createChannel();
    const sent = { contentType: 'text/plain', correlationId: 'c-1', replyTo: 'there', type: 'A01', appId: 'pas' };
    channel.sendToQueue(`integration.${queue}`, Buffer.from('héllo'), {
      ...sent,
      headers: { n: 7, deep: { a: [true] } },
    });
    const [received] = await inbox.count(1);
    expect(received?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(received?.headers).toEqual({
      'content-type': 'text/plain',
      'correlation-id': 'c-1',
      'reply-to': 'there',
      type: 'A01',
      'app-id': 'pas',
      n: '7',
      deep: '{"a":[true]}',
    });
    expect(Buffer.from(received?.body ?? '').toString()).toBe('héllo');
    expect(typeof received?.body).toBe('object');
    await broker.close();
    await own.close();
  });

  it('refuses headers that AMQP cannot carry, and goes on', async () => {
    const queue = name('large');
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    const large = broker.send(queue, message('large', { headers: { large: 'x'.repeat(70_000) } }));
    await expect(large).rejects.toMatchObject({ trouble: 'refused' });
    await broker.send(queue, message('small'));
    expect((await inbox.count(1)).map(({ id }) => id)).toEqual(['small']);
    await broker.close();
  });

  it('says that a queue refuses what it has no room for', async () => {
    const queue = name('full');
    const own = await connect(server.url);
    const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await (await own.createChannel()).assertQueue(`integration.${queue}`, { durable: true, arguments: limits });
    const broker = await openUp(server.url);
    const results = [1, 2, 3, 4].map((n) => broker.send(queue, message(`${n}`)).catch((error: unknown) => error));
    expect(await Promise.all(results)).toContainEqual(expect.objectContaining({ trouble: 'refused' }));
    expect(broker.state()).toEqual({ up: true });
    await broker.close();
    await own.close();
  });

  it('declares everything again when somebody deleted the queue and the exchange', async () => {
    const [topic, queue] = [name('topic'), name('deleted')];
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    await broker.bind(topic, queue);
    const own = await connect(server.url);
    const channel = await own.createChannel();
    for (const remove of [
      () => channel.deleteQueue(`integration.${queue}`),
      () => channel.deleteExchange('integration.topics'),
    ]) {
      const noticed = untilUp(broker, false);
      await remove();
      await broker.publish(topic, message('lost')).catch(() => undefined);
      await noticed;
      await untilUp(broker);
    }
    await broker.publish(topic, message('published'));
    await broker.send(queue, message('sent'));
    expect((await inbox.different(2)).map(({ id }) => id)).toEqual(expect.arrayContaining(['published', 'sent']));
    await broker.close();
    await own.close();
  });

  it('is down while RabbitMQ is short of memory and takes nothing', async () => {
    const queue = name('blocked');
    const broker = await openUp(server.url);
    const inbox = await openInbox(broker, queue);
    await server.control('set_vm_memory_high_watermark', '0');
    const noticed = untilUp(broker, false);
    const waiting = broker.send(queue, message('waiting'));
    await noticed;
    expect(broker.state()).toMatchObject({ reason: 'RabbitMQ takes nothing: low on memory' });
    await expect(broker.send(queue, message('refused'))).rejects.toMatchObject({ trouble: 'unavailable' });
    await server.control('set_vm_memory_high_watermark', '0.4');
    await untilUp(broker);
    await waiting;
    await inbox.count(1);
    await broker.close();
  });

  it('says why it cannot connect, without the password', async () => {
    const broker = await openBroker(server.url.replace('guest:guest', 'guest:s3cret'));
    const told = Promise.withResolvers<string>();
    broker.onState((state) => told.resolve(state.up ? 'up' : state.reason));
    expect(await told.promise).toMatch(/ACCESS.REFUSED/);
    expect(JSON.stringify(broker.state())).not.toContain('s3cret');
    await broker.close();
  });

  it.each([
    ['amqp://me:s3cret@host?prefix=A', 'a prefix is a small letter'],
    ['amqp://', 'no URL with a host'],
  ])('refuses %s', async (url, reason) => {
    await expect(openBroker(url)).rejects.toThrow(reason);
  });
});
