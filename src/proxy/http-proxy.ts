import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import { type Passed, type Passing, Piece, type ProxyRecord } from './record.ts';

export interface HttpProxyOptions {
  /** Base URL of the system that answers. */
  readonly upstream: string;
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly from: string;
  readonly to: string;
  readonly record: ProxyRecord;
  /** Real milliseconds after which the other side is given up. */
  readonly timeout: number;
}

export interface RunningProxy {
  /** What the other system is to be pointed at, in place of the upstream's own address. */
  readonly url: string;
  close(): Promise<void>;
}

/** Above that a body passes as it is: an address in it is not replaced. */
const REWRITTEN_MAX = 10 * 1024 * 1024;
const GRACE = 1_000;
const TEXT = /json|xml|text\/(?!event-stream)/i;
const LINKS = ['location', 'content-location', 'link'];

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const passing = (headers: Record<string, string>, piece: Piece): Passing => ({
  headers,
  body: piece.body,
  size: piece.size,
});

/** Buffers a body as long as it is short enough; the rest is streamed after what was buffered. */
const bufferOf = async (source: IncomingMessage, piece: Piece, max: number): Promise<Buffer | undefined> => {
  const declared = Number(source.headers['content-length'] ?? 0);
  if (declared > max) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of source) {
    piece.add(chunk);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/**
 * Stands between two systems over HTTP: what comes is handed on as it is, and so is the answer, except that the upstream's
 * own address in Location, Content-Location, Link and in text is replaced by ours, so that what follows passes here, too.
 * Compression is not asked for, so that what passes can be read. WebSocket and server-sent events pass; events are kept.
 */
export const startHttpProxy = async (options: HttpProxyOptions): Promise<RunningProxy> => {
  const { upstream, record, from, to } = options;
  const { origin: base, pathname } = new URL(upstream);
  let own = '';
  const root = pathname.replace(/\/+$/, '');
  const belowOf = (path: string): string => (path.startsWith(root) ? path.slice(root.length) || '/' : path);
  const inwards = (text: string): string => text.replaceAll(base, own);
  const proxy = createProxyServer({
    target: base,
    changeOrigin: true,
    secure: true,
    ws: true,
    selfHandleResponse: true,
    proxyTimeout: options.timeout,
  });
  const calls = new WeakMap<
    IncomingMessage,
    { readonly began: number; readonly piece: Piece; readonly sent: Record<string, string> }
  >();

  const keep = (request: IncomingMessage, rest: Pick<Passed, 'reply' | 'noReply' | 'note'>): void => {
    const call = calls.get(request);
    if (call === undefined) return;
    calls.delete(request);
    record.add({
      kind: 'http',
      from,
      to,
      began: call.began,
      ended: Date.now(),
      method: request.method ?? '',
      url: `${base}${request.url ?? '/'}`,
      below: belowOf(request.url ?? '/'),
      request: passing(call.sent, call.piece),
      ...rest,
    });
  };

  proxy.on('proxyRes', (answer, request, response) => {
    void handBack(answer, request, response);
  });
  const handBack = async (
    answer: IncomingMessage,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const headers = flat(answer.headers);
    const piece = new Piece();
    const status = answer.statusCode ?? 0;
    const head = (length?: number): void => {
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value === undefined || /^(connection|keep-alive|transfer-encoding|content-length)$/.test(name)) continue;
        response.setHeader(name, LINKS.includes(name) && typeof value === 'string' ? inwards(value) : value);
      }
      if (length !== undefined && request.method !== 'HEAD') response.setHeader('content-length', length);
      response.writeHead(status, answer.statusMessage);
    };
    try {
      const rewrites = TEXT.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
      const whole = rewrites ? await bufferOf(answer, piece, REWRITTEN_MAX) : undefined;
      if (whole === undefined) {
        head(answer.headers['content-length'] === undefined ? undefined : Number(answer.headers['content-length']));
        for await (const chunk of answer) {
          piece.add(chunk);
          if (!response.write(chunk)) await once(response, 'drain');
        }
        response.end();
      } else {
        const text = whole.toString('latin1');
        const body = text.includes(base) ? Buffer.from(inwards(text), 'latin1') : whole;
        const bodiless = status === 204 || status === 304;
        head(bodiless ? undefined : body.length);
        response.end(body);
      }
      keep(request, { reply: { status, ...passing(headers, piece) } });
    } catch (error) {
      response.destroy();
      keep(request, { noReply: 'dropped', note: error instanceof Error ? error.message : String(error) });
    }
  };

  proxy.on('error', (error, request, response) => {
    const detail = `${base} cannot be reached: ${error.message}`;
    if (request !== undefined) keep(request, { noReply: 'dropped', note: detail });
    if (response === undefined || !('writeHead' in response) || response.headersSent) {
      response?.destroy();
      return;
    }
    response.writeHead(502, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: 'about:blank', title: 'Bad Gateway', status: 502, detail }));
  });

  const server = createServer((request, response) => {
    const piece = new Piece();
    calls.set(request, { began: Date.now(), piece, sent: flat(request.headers) });
    delete request.headers['accept-encoding'];
    request.on('data', (chunk: Buffer) => piece.add(chunk));
    request.pause();
    response.once('close', () => {
      if (!response.writableFinished) keep(request, { noReply: 'gone', note: 'Whoever asked had hung up' });
    });
    void proxy.web(request, response).catch((error: unknown) => {
      response.destroy();
      keep(request, { noReply: 'dropped', note: error instanceof Error ? error.message : String(error) });
    });
  });
  server.on('upgrade', (request, socket, head) => {
    void proxy.ws(request, socket as never, {}, head).catch(() => socket.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  own = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  return {
    url: `${own}${root}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // An answer that is on its way gets there; a stream would go on for ever.
        setTimeout(() => server.closeAllConnections(), GRACE).unref();
      }),
  };
};
