import { connect, type Socket } from 'node:net';

/** One raw HTTP/1.1 keep-alive connection: as little client as possible, so that what is measured is the server. */
const exchange = (socket: Socket, request: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const done = (settle: () => void) => {
      socket.off('data', onData);
      socket.off('error', reject);
      socket.off('close', onClose);
      settle();
    };
    const onClose = () => done(() => reject(new Error('the server closed the connection')));
    const onData = (chunk: Buffer) => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const head = seen.indexOf('\r\n\r\n');
      if (head === -1) return;
      const text = seen.toString('latin1', 0, head);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return done(() => reject(new Error(`a reply without Content-Length:\n${text}`)));
      if (seen.length >= head + 4 + length) done(() => resolve(Number(text.slice(9, 12))));
    };
    socket.on('data', onData);
    socket.on('error', reject);
    socket.on('close', onClose);
    socket.write(request);
  });

export interface Load {
  readonly url: string;
  readonly callers: number;
  readonly seconds: number;
  readonly expect: number;
  /** The bytes of the nth request. */
  readonly request: (n: number, host: string) => Buffer;
}

export interface Loaded {
  readonly perSecond: number;
  readonly requests: number;
  readonly p99: number;
}

/** Calls from `callers` connections for `seconds`, each waiting for its reply before the next. Any other status throws. */
export const load = async ({ url, callers, seconds, expect, request }: Load): Promise<Loaded> => {
  const { hostname, port, host } = new URL(url);
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  let n = 0;
  const caller = async (): Promise<void> => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    try {
      while (performance.now() < until) {
        const began = performance.now();
        const status = await exchange(socket, request(n++, host));
        if (status !== expect) throw new Error(`${url} answered ${status} instead of ${expect}`);
        times.push(performance.now() - began);
      }
    } finally {
      socket.destroy();
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - began) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  return {
    perSecond: times.length / elapsed,
    requests: times.length,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
};

export const get =
  (path: string, headers: Readonly<Record<string, string>> = {}) =>
  (_n: number, host: string) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines(headers)}\r\n`);

export const post =
  (path: string, body: (n: number) => string, headers: Readonly<Record<string, string>> = {}) =>
  (n: number, host: string) => {
    const bytes = Buffer.from(body(n));
    return Buffer.concat([
      Buffer.from(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines(headers)}Content-Length: ${bytes.length}\r\n\r\n`),
      bytes,
    ]);
  };

const lines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
