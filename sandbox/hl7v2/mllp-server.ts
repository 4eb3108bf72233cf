import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Answer, Connection } from './mllp-connection.ts';
import type { Frame } from './mllp-frames.ts';

export interface MllpOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly ports: readonly number[];
  /** Files in PEM; MLLP over TLS where they are given. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Never rejects. */
  handle(frame: Frame, port: number): Promise<Answer>;
  /** Bytes of a message; 5 MB unless told. */
  readonly messageMax?: number;
  /** Real milliseconds that a connection may be silent between frames; half an hour. */
  readonly idleTimeout?: number;
  /** Real milliseconds that a frame may take from its first byte to its last; 30 seconds. */
  readonly frameTimeout?: number;
  /** Connections to one port (100), and to all of them (1000); more are closed as soon as they are made. */
  readonly perPort?: number;
  readonly inAll?: number;
}

export interface MllpServer {
  /** Those that are bound, in order. */
  readonly ports: readonly number[];
  /** Those that could not be bound, and why. */
  readonly refused: readonly { readonly port: number; readonly why: string }[];
  /** Takes no more connections, finishes the messages that are being handled for `grace` real milliseconds, then cuts. */
  close(grace?: number): Promise<void>;
}

const GRACE = 10_000;
const HANDSHAKE = 10_000;

const bind = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Listens on every port that can be bound. */
export const listenMllp = async (options: MllpOptions): Promise<MllpServer> => {
  const { host, tls, perPort = 100, inAll = 1000 } = options;
  const pair = tls && { cert: await readFile(tls.cert), key: await readFile(tls.key) };
  const connections = new Set<Connection>();
  const limits = {
    messageMax: options.messageMax ?? 5 * 1024 * 1024,
    idleTimeout: options.idleTimeout ?? 30 * 60_000,
    frameTimeout: options.frameTimeout ?? 30_000,
  };
  // Also those that have not shaken hands yet, where there is TLS.
  const sockets = new Set<Socket>();
  const admit = (socket: Socket): void => {
    if (sockets.size >= inAll) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const accept = (socket: Socket, port: () => number): void => {
    if (socket.destroyed) return;
    const connection = new Connection(socket, { ...limits, handle: (frame) => options.handle(frame, port()) });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  };
  const create = (port: () => number): Server => {
    // Who has sent all it has and waits for the answer may have closed its own direction.
    const server =
      pair === undefined
        ? createServer({ allowHalfOpen: true }, (socket) => accept(socket, port))
        : createTlsServer({ ...pair, allowHalfOpen: true, handshakeTimeout: HANDSHAKE }, (socket) =>
            accept(socket, port),
          );
    server.prependListener('connection', admit);
    server.maxConnections = perPort;
    return server;
  };
  const servers: Server[] = [];
  const bound: number[] = [];
  const refused: { port: number; why: string }[] = [];
  for (const port of options.ports) {
    let own = port;
    const server = create(() => own);
    try {
      own = await bind(server, port, host);
      servers.push(server);
      bound.push(own);
    } catch (error) {
      refused.push({ port, why: error instanceof Error && 'code' in error ? String(error.code) : String(error) });
    }
  }
  const shut = async (grace: number): Promise<void> => {
    const stopped = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, grace);
    try {
      await Promise.all([...stopped, ...[...connections].map((connection) => connection.close())]);
    } finally {
      clearTimeout(cut);
    }
  };
  let closing: Promise<void> | undefined;
  return {
    ports: bound,
    refused,
    close: (grace = GRACE) => {
      closing ??= shut(grace);
      return closing;
    },
  };
};
