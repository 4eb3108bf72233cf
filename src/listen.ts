import { readFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from '../sandbox/node-http.ts';
import { reachable } from '../sandbox/reachable.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Files in PEM; HTTPS where they are given. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Listener {
  readonly server: Server;
  /** Where it can be reached from this machine, without a trailing slash. */
  readonly url: string;
  /** Takes no more connections, lets what is in flight finish for `grace` real milliseconds, then cuts. Idempotent. */
  close(grace?: number): Promise<void>;
}

export const GRACE = 10_000;
/** Bytes; Node's own 16 KB would cut off a URL that is too long before anybody could say so, or record it. */
const HEADER_MAX = 65_536;

/** A request without a body ends at once, and not after six turns of a stream that nobody reads. */
const OPTIONS = { maxHeaderSize: HEADER_MAX, optimizeEmptyRequests: true };

const create = async (handler: RequestListener, tls: ListenOptions['tls']): Promise<Server> => {
  if (tls === undefined) return createServer(OPTIONS, handler);
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)]);
  try {
    return createTlsServer({ cert, key, ...OPTIONS }, handler);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`TLS_CERT ${tls.cert} and TLS_KEY ${tls.key} cannot be used: ${why}`, { cause: error });
  }
};

/** Serves `handler`; rejects with the error of the socket, such as a port that is taken. */
export const listen = async (handler: RequestListener, { host, port, tls }: ListenOptions): Promise<Listener> => {
  const server = await create(handler, tls);
  // A slow client may not hold a connection for ever; a slow answer (an act, a clock) may take its time.
  server.headersTimeout = 20_000;
  server.requestTimeout = 120_000;
  // Longer than proxies and clients keep a connection that is idle (60 s is usual): what is sent over one at the moment that it
  // is closed here is reset, which nobody may send again by themselves where it changes something.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  const close = async (grace: number): Promise<void> => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    // Those that are idle now are closed by Node; one that is answered on after this is not to be kept for what comes no more.
    server.keepAliveTimeout = 1;
    server.keepAliveTimeoutBuffer = 0;
    try {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    } finally {
      clearTimeout(cut);
    }
  };
  return {
    server,
    url: `${tls === undefined ? 'http' : 'https'}://${reachable(host)}:${bound}`,
    close: (grace = GRACE) => {
      closing ??= close(grace);
      return closing;
    },
  };
};
