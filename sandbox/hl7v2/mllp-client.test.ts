import { afterEach, describe, expect, it } from 'vitest';
import { MllpClient, MllpError } from './mllp-client.ts';
import type { Answer } from './mllp-connection.ts';
import { createClosing, held, startEcho } from './mllp-echo.test-data.ts';
import type { MllpOptions } from './mllp-server.ts';

const closing = createClosing();
afterEach(closing.closeAll);
const start = (options: Partial<MllpOptions> = {}) => startEcho(closing, options);

describe('a client', () => {
  it('sends one message after another on its connection', async () => {
    const { port } = await start();
    const client = new MllpClient({ address: '127.0.0.1', port });
    closing.add(client);
    const sent = ['one', 'two', 'three'].map((text) => client.send(Buffer.from(text), AbortSignal.timeout(5000)));
    expect((await Promise.all(sent)).map(String)).toEqual(['one', 'two', 'three']);
  });

  it.each<[string, Answer, string]>([
    ['closes', { close: 'end' }, 'closed the connection without an acknowledgement'],
    ['breaks off', { close: 'reset' }, 'broke the connection off without an acknowledgement'],
    [
      'sends no frame',
      { wire: Buffer.from('HTTP/1.1 400'), close: 'end' },
      'sent something that is no frame (garbage)',
    ],
    ['sends half', { wire: Buffer.from('\x0bMSH|'), close: 'end' }, 'sent something that is no frame (unfinished)'],
  ])('says what the other side did: it %s', async (_, answer, why) => {
    const { port } = await start({ handle: async () => answer });
    const client = new MllpClient({ address: '127.0.0.1', port });
    await expect(client.send(Buffer.from('one'), AbortSignal.timeout(5000))).rejects.toThrow(why);
    await expect(client.send(Buffer.from('two'), AbortSignal.timeout(5000))).rejects.toThrow(MllpError);
  });

  it('gives up when it is told to, and does not take a late answer for that to the next message', async () => {
    const { handle, release, begun } = held();
    const { port } = await start({ handle });
    const client = new MllpClient({ address: '127.0.0.1', port });
    const stop = new AbortController();
    const first = client.send(Buffer.from('one'), stop.signal);
    await begun;
    stop.abort(new Error('too late'));
    await expect(first).rejects.toThrow('too late');
    release();
    await expect(client.send(Buffer.from('two'), AbortSignal.timeout(5000))).rejects.toThrow('was given up');
  });

  it('says that nobody listens', async () => {
    const { server, port } = await start();
    await server.close();
    const client = new MllpClient({ address: '127.0.0.1', port });
    await expect(client.send(Buffer.from('one'), AbortSignal.timeout(5000))).rejects.toThrow('refused the connection');
  });
});
