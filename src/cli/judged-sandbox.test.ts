import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { judgeInSandbox } from './judged-sandbox.ts';

/** What is said of a service that answers so, or of one that is given up when it has been asked. */
const askedOf = async (answer: RequestListener, asked = new AbortController()): Promise<unknown> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told = await judgeInSandbox({ service, id: 's' }, 'key', {}, asked.signal).catch((error: Error) => [
    error.name,
    error.message.replace(service, 'it'),
  ]);
  server.close().closeAllConnections();
  return told;
};

describe('a sandbox of a service', () => {
  it('is none where something else answers, however it does', async () => {
    const gone = (text: string) => ['UnreachableError', text];
    expect(await askedOf((_, response) => response.end('<h1>Welcome</h1>'))).toEqual(
      gone('it answered 200 and no report'),
    );
    expect(await askedOf((_, response) => response.writeHead(307, { location: '/elsewhere' }).end())).toEqual(
      gone('it answered 307 and no report'),
    );
    const halfway: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy());
    };
    expect(await askedOf(halfway)).toEqual(
      gone('No Fingerpost answers at it (the connection was closed before the answer was complete)'),
    );
  });

  it('is not waited for once the run is cancelled', async () => {
    const asked = new AbortController();
    expect(await askedOf(() => asked.abort(), asked)).toEqual(['AbortError', 'This operation was aborted']);
  });
});
