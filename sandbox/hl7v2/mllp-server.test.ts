import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { connectRaw, frame, type RawClient } from './hospital.test-data.ts';
import { MllpClient } from './mllp-client.ts';
import { createClosing, held, startEcho } from './mllp-echo.test-data.ts';
import { frameOf } from './mllp-frames.ts';
import { listenMllp, type MllpOptions, type MllpServer } from './mllp-server.ts';

const closing = createClosing();
afterEach(closing.closeAll);
const start = (options: Partial<MllpOptions> = {}) => startEcho(closing, options);

describe('a listener', () => {
  it('answers the messages of a connection in their order, however they are cut', async () => {
    const { dial } = await start();
    const client = dial();
    const bytes = Buffer.concat(['one', 'two', 'three'].map(frame));
    for (const byte of bytes) client.write(Buffer.from([byte]));
    client.write(Buffer.concat(Array.from({ length: 500 }, (_, n) => frame(`m${n}`))));
    const answers: string[] = [];
    for (let n = 0; n < 503; n += 1) answers.push((await client.next()).content.toString());
    expect(answers).toEqual(['one', 'two', 'three', ...Array.from({ length: 500 }, (_, n) => `m${n}`)]);
  });

  it('answers who has closed its own direction, then closes', async () => {
    const { dial } = await start();
    const client = dial();
    client.socket.end(frame('one'));
    expect((await client.next()).content.toString()).toBe('one');
    expect(await client.closed).toBe('closed');
  });

  it('reads no more of a connection while a message of it is handled', async () => {
    const { handle, release, begun } = held();
    const { dial, server } = await start({ handle });
    const client = dial();
    const more = Buffer.concat(Array.from({ length: 200 }, () => frame('x'.repeat(100_000))));
    client.write(frame('first'));
    await begun;
    client.write(more);
    await dialAndWait(server, client);
    // Twenty megabytes are more than the sockets hold: some of it has to be here still.
    expect(client.socket.writableLength).toBeGreaterThan(1_000_000);
    release();
    for (let n = 0; n < 201; n += 1) await client.next();
  });

  it('does not begin the next message while the answers are not taken', async () => {
    const seen: string[] = [];
    const { dial, server } = await start({
      handle: async ({ content }) => {
        seen.push(content.toString());
        return { wire: frameOf(Buffer.alloc(content.toString() === 'other' ? 1 : 900_000, 'x')) };
      },
    });
    const client = dial();
    client.socket.pause();
    client.write(Buffer.concat(Array.from({ length: 50 }, () => frame('x'))));
    const begun = () => seen.filter((text) => text === 'x').length;
    for (let before = -1; before < begun(); ) {
      before = begun();
      const other = connectRaw(server.ports[0] ?? 0);
      other.write(frame('other'));
      await other.next();
      other.socket.destroy();
    }
    expect(begun()).toBeLessThan(50);
    client.socket.resume();
    for (let n = 0; n < 50; n += 1) await client.next();
    expect(begun()).toBe(50);
  });

  it.each([
    ['a connection is silent', { idleTimeout: 20 }, '', []],
    ['a frame takes too long, whatever arrives of it', { frameTimeout: 50 }, '\x0bMSH', ['MSH unfinished']],
    [
      'something arrives that never becomes a frame',
      { frameTimeout: 50 },
      'GET / HTTP/1.1',
      ['GET / HTTP/1.1 garbage'],
    ],
  ] as const)('closes when %s', async (_, options, text, expected) => {
    const { dial, seen } = await start(options);
    const client = dial();
    client.write(text);
    expect(await client.closed).toBe('closed');
    expect(seen).toEqual(expected);
  });

  it('answers a frame that is too long, then closes, and the answer arrives', async () => {
    const { dial, seen } = await start({ messageMax: 1000 });
    const client = dial();
    client.write(Buffer.concat([Buffer.from('\x0bMSH|'), Buffer.alloc(3_000_000, 'x')]));
    expect((await client.next()).content.toString()).toMatch(/^MSH\|x+$/);
    await client.closed;
    expect(seen).toEqual([`MSH|${'x'.repeat(16)} too-long`]);
  });

  it('closes what is more than its connections, to a port and in all', async () => {
    const { dial } = await start({ perPort: 2 });
    const [first, second] = [dial(), dial()];
    for (const client of [first, second]) {
      client.write(frame('x'));
      await client.next();
    }
    expect(await dial().closed).toBeDefined();
    const both = await start({ ports: [0, 0], inAll: 1 });
    const one = both.dial();
    one.write(frame('x'));
    await one.next();
    expect(await connectRaw(both.server.ports[1] ?? 0).closed).toBeDefined();
  });

  it('says which ports it could not bind, and why', async () => {
    const { port } = await start();
    const other = await listenMllp({ host: '127.0.0.1', ports: [port, 0], handle: async () => ({}) });
    closing.add(other);
    expect(other.refused).toEqual([{ port, why: 'EADDRINUSE' }]);
    expect(other.ports).toHaveLength(1);
  });
});

/** Resolves once another connection was served, so that what was written before has had its time. */
const dialAndWait = async (server: MllpServer, busy: RawClient): Promise<void> => {
  const before = busy.socket.writableLength;
  const client = connectRaw(server.ports[0] ?? 0);
  await once(client.socket, 'connect');
  client.socket.destroy();
  await client.closed;
  if (busy.socket.writableLength !== before) await dialAndWait(server, busy);
};

describe('closing a listener', () => {
  it('finishes the message in hand, and takes no other', async () => {
    const { handle, release, begun } = held();
    const { server, dial } = await start({ handle });
    const [busy, idle] = [dial(), dial()];
    await once(idle.socket, 'connect');
    busy.write(Buffer.concat([frame('one'), frame('two')]));
    await begun;
    const closing = server.close();
    expect(server.close()).toBe(closing);
    expect(await idle.closed).toBe('closed');
    release();
    expect((await busy.next()).content.toString()).toBe('one');
    await closing;
    await busy.closed;
    expect(busy.received()).toEqual(frame('one'));
  });

  it('cuts what takes too long', async () => {
    const { handle, begun } = held();
    const { server, dial } = await start({ handle });
    const client = dial();
    client.write(frame('one'));
    await begun;
    await server.close(10);
    expect(await client.closed).toBeDefined();
  });
});

describe('MLLP over TLS', () => {
  it('is spoken where there is a certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mllp-'));
    closing.add({ close: () => rmSync(folder, { recursive: true }) });
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const { port, dial } = await start({ tls: { cert, key } });
    const target = { address: '127.0.0.1', port, tls: { servername: 'localhost', ca: readFileSync(cert, 'utf8') } };
    const client = new MllpClient(target);
    closing.add(client);
    expect((await client.send(Buffer.from('one'), AbortSignal.timeout(5000))).toString()).toBe('one');
    const doubtful = new MllpClient({ ...target, tls: { servername: 'localhost' } });
    await expect(doubtful.send(Buffer.from('one'), AbortSignal.timeout(5000))).rejects.toThrow('DEPTH_ZERO');
    const plain = dial();
    plain.write(frame('one'));
    expect(await plain.closed).toBeDefined();
    const trusting = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(trusting, 'secureConnect');
    trusting.end(frame('two'));
    const [chunk] = await once(trusting, 'data');
    expect(chunk).toEqual(frame('two'));
  });
});
