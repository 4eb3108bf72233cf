import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../sandbox/problem.ts';
import { refuseForeignOrigin } from './origins.ts';

let loopbackOnly = true;
const server = createServer((incoming, response) => {
  try {
    refuseForeignOrigin(incoming, { loopbackOnly, publicUrl: () => 'https://fingerpost.example' });
    response.end();
  } catch (error) {
    response.statusCode = error instanceof ProblemError ? error.problem.status : 500;
    response.end();
  }
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

const send = (method: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const sent = request({ port, host: '127.0.0.1', method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });

describe('whom the service answers while it listens on loopback', () => {
  it.each([
    ['127.0.0.1:8080', 200],
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['[::1]:8080', 200],
    ['fingerpost.example', 200],
    ['evil.example:8080', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example:80', 421],
  ])('a request for host %s is answered %i', async (host, status) => {
    expect(await send('GET', { host })).toBe(status);
  });

  it('asks nothing of the host once it listens beyond loopback', async () => {
    loopbackOnly = false;
    expect(await send('GET', { host: 'any.example' })).toBe(200);
    loopbackOnly = true;
  });

  it.each<[string, Record<string, string>, number]>([
    ['a program, which says nothing', {}, 200],
    ['our own page', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, 200],
    ['our own page under PUBLIC_URL', { origin: 'https://fingerpost.example' }, 200],
    ['a bookmarklet or the address bar', { 'sec-fetch-site': 'none' }, 200],
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['a page on another port', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }, 403],
    ['an old browser on another origin', { origin: 'http://127.0.0.1:3000' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
  ])('a change asked for by %s', async (_who, headers, status) => {
    expect(await send('POST', { host: '127.0.0.1:8080', ...headers })).toBe(status);
    expect(await send('DELETE', { host: '127.0.0.1:8080', ...headers })).toBe(status);
    expect(await send('GET', { host: '127.0.0.1:8080', ...headers })).toBe(200);
  });
});
