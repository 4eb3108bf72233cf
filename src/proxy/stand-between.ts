import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createProxyServer } from 'httpxy';
import { type Passed, type Passing, Piece, type ProxyRecord } from './record.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly from: string;
  readonly to: string;
  readonly record: ProxyRecord;
  /** Real milliseconds after which the other side is given up. */
  readonly timeout: number;
}

/** Where what is asked of a path goes: the whole URL, and what of it is below the base there. */
export interface Place {
  readonly url: string;
  readonly below: string;
}

export interface Standing extends ListenOptions {
  readonly placeOf: (path: string) => Place | undefined;
  /** What is sent on in place of a message, and what to say of that; undefined where it goes as it is. */
  readonly outwards?: (text: string) => { readonly text: string; readonly note: string } | undefined;
  /** What comes back, with what leads there again in place of what leads past this; `own` is where this listens. */
  readonly inwards: (text: string, own: string) => string;
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

interface Call {
  readonly began: number;
  readonly piece: Piece;
  readonly sent: Readonly<Record<string, string>>;
  readonly place: Place;
  note?: string | undefined;
}

const refuse = (response: ServerResponse, status: number, title: string, detail: string): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail }));
};

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const passing = (headers: Readonly<Record<string, string>>, piece: Piece): Passing => ({
  headers,
  body: piece.body,
  size: piece.size,
});

/** A body as far as it was read, whole where that is short enough, and what is still to come. */
interface Begun {
  readonly whole?: Buffer;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Reads a body until it is over, or longer than may be held; nobody has to say beforehand how long it is. */
const begin = async (source: IncomingMessage, piece: Piece, max: number): Promise<Begun> => {
  const incoming: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let size = 0;
  const next = async (): Promise<Buffer | undefined> => {
    const { value, done } = await incoming.next();
    if (done === true) return undefined;
    piece.add(value);
    return value;
  };
  const chunks = async function* (): AsyncGenerator<Buffer> {
    yield* held;
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
  };
  while (size < max) {
    const chunk = await next();
    if (chunk === undefined) return { whole: Buffer.concat(held), chunks: chunks() };
    held.push(chunk);
    size += chunk.length;
  }
  return { chunks: chunks() };
};

/** Listens, hands on what comes to where it belongs, and keeps both it and the answer. */
export const standBetween = async (options: Standing): Promise<RunningProxy> => {
  const { record, from, to, placeOf } = options;
  let own = '';
  const inwards = (text: string): string => options.inwards(text, own);
  const proxy = createProxyServer({
    changeOrigin: true,
    secure: true,
    ws: true,
    selfHandleResponse: true,
    proxyTimeout: options.timeout,
  });
  const calls = new WeakMap<IncomingMessage, Call>();

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
      ...call.place,
      request: passing(call.sent, call.piece),
      ...(call.note === undefined ? {} : { note: call.note }),
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
      const { whole, chunks } = await begin(answer, piece, rewrites ? REWRITTEN_MAX : 0);
      if (whole === undefined) {
        head(answer.headers['content-length'] === undefined ? undefined : Number(answer.headers['content-length']));
        response.flushHeaders();
        await pipeline(chunks, response);
      } else {
        const text = whole.toString('latin1');
        const told = inwards(text);
        const body = told === text ? whole : Buffer.from(told, 'latin1');
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
    const asked = request === undefined ? undefined : calls.get(request)?.place.url;
    const detail = `${asked === undefined ? 'The upstream' : new URL(asked).origin} cannot be reached: ${error.message}`;
    if (request !== undefined) keep(request, { noReply: 'dropped', note: detail });
    if (response === undefined || !('writeHead' in response) || response.headersSent) {
      response?.destroy();
      return;
    }
    refuse(response, 502, 'Bad Gateway', detail);
  });

  /** Sends it on; where it names an address that is to be replaced, with ours, and then it has another length. */
  const sendOn = async (request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> => {
    const { origin: target } = new URL(call.place.url);
    request.url = call.place.url.slice(target.length);
    if (options.outwards === undefined || !/json/i.test(call.sent['content-type'] ?? '')) {
      request.on('data', (chunk: Buffer) => call.piece.add(chunk));
      request.pause();
      return proxy.web(request, response, { target });
    }
    const { whole, chunks } = await begin(request, call.piece, REWRITTEN_MAX);
    const replaced = whole === undefined ? undefined : options.outwards(whole.toString('utf8'));
    if (replaced === undefined) return proxy.web(request, response, { target, buffer: Readable.from(chunks) });
    call.note = replaced.note;
    const body = Buffer.from(replaced.text);
    delete request.headers['transfer-encoding'];
    request.headers['content-length'] = String(body.length);
    return proxy.web(request, response, { target, buffer: Readable.from([body]) });
  };

  const server = createServer((request, response) => {
    const place = placeOf(request.url ?? '/');
    if (place === undefined) return refuse(response, 404, 'Not Found', 'Nothing is handed on from here');
    const call: Call = { began: Date.now(), piece: new Piece(), sent: flat(request.headers), place };
    calls.set(request, call);
    delete request.headers['accept-encoding'];
    response.once('close', () => {
      if (!response.writableFinished) keep(request, { noReply: 'gone', note: 'Whoever asked had hung up' });
    });
    sendOn(request, response, call).catch((error: unknown) => {
      response.destroy();
      keep(request, { noReply: 'dropped', note: error instanceof Error ? error.message : String(error) });
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { origin: target } = new URL(placeOf(request.url ?? '/')?.url ?? 'http://nowhere.invalid');
    void proxy.ws(request, socket as never, { target }, head).catch(() => socket.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  own = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  return {
    url: own,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // An answer that is on its way gets there; a stream would go on for ever.
        setTimeout(() => server.closeAllConnections(), GRACE).unref();
      }),
  };
};
