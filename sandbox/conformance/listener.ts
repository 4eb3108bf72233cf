import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../node-http.ts';
import type { Received } from './evidence.ts';
import type { Profile } from './profile.ts';
import { UsageError } from './run-errors.ts';

/** What a listener does with a message. */
export type Answer =
  | 'close'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** The answer waits for this, or for the run's timeout: "after the acknowledgement went out". */
      readonly after?: Promise<unknown>;
    };

/** Where a drive is called back, whatever the protocol is. */
export interface Listener {
  /** What a target is told to call. */
  readonly url: string;
  /** Decides how each later message is answered; 200 without a body until it is said. */
  answer(script: (message: Received) => Answer): void;
  /** The first message, here already or still to come, that `matches`; undefined where none came `within` that many milliseconds (the profile's timeout when absent). */
  next(matches: (message: Received) => boolean, within?: number): Promise<Received | undefined>;
  /** Ends it and all its connections. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** Messages are the steps `<name>-1`, `<name>-2`, … */
  readonly name: string;
  readonly profile: Profile;
  /** Keeps what came; the run's evidence has it. */
  readonly keep: (message: Received) => void;
  /** Milliseconds since the run began. */
  readonly since: () => number;
  readonly signal?: AbortSignal;
}

const BODY_MAX = 10 * 1024 * 1024;
/** What comes beyond is answered 503 and not kept: a target that calls back without end does not end us. */
const MESSAGES_MAX = 1_000;

const read = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));

/** Opens an HTTP server that records what arrives; `close` it in the end. */
export const openListener = async (options: ListenerOptions): Promise<Listener> => {
  const { name, profile, since } = options;
  const messages: Received[] = [];
  const waiting = new Set<(message: Received) => void>();
  let count = 0;
  let script: (message: Received) => Answer = () => ({ status: 200 });

  /** Ends when the promise does, the time is over, or the run is aborted. */
  const bounded = async (ms: number, promise: Promise<unknown>): Promise<void> => {
    const over = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([AbortSignal.timeout(ms), ...over]);
    const ended = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([promise.catch(() => undefined), ended]);
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = since();
    const body = await read(request);
    count += 1;
    if (body === undefined || count > MESSAGES_MAX) {
      response.writeHead(body === undefined ? 413 : 503, { connection: 'close' }).end();
      return;
    }
    const arrived: Received = {
      step: `${name}-${count}`,
      request: { method: request.method ?? '', url: `${url}${request.url ?? ''}`, headers: headersOf(request), body },
      began,
      milliseconds: 0,
    };
    const answer = script(arrived);
    const kept: Received =
      answer === 'close'
        ? { ...arrived, broken: { how: 'dropped', detail: 'closed on purpose, without an answer' } }
        : { ...arrived, reply: { status: answer.status, headers: answer.headers ?? {}, body: answer.body ?? '' } };
    messages.push(kept);
    options.keep(kept);
    for (const tell of waiting) tell(kept);
    if (answer === 'close') {
      request.socket.destroy();
      return;
    }
    if (answer.after !== undefined) await bounded(profile.timeout, answer.after);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = createServer((request, response) => {
    // A caller that breaks off takes only its own message with it.
    take(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = profile.timeout;
  server.listen(profile.listen.port ?? 0, profile.listen.host ?? '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw new UsageError(`Callbacks cannot be listened for ("listen" in the profile): ${reasonOf(error)}`);
  });
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  const url = (profile.listen.publicUrl ?? `http://${host}:${port}`).replace(/\/+$/, '');
  let closed: Promise<unknown> | undefined;

  return {
    url,
    answer: (next) => {
      script = next;
    },
    next: async (matches, within = profile.timeout) => {
      const found = messages.find(matches);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<Received>();
      let came: Received | undefined;
      const tell = (message: Received): void => {
        if (came !== undefined || !matches(message)) return;
        came = message;
        resolve(message);
      };
      waiting.add(tell);
      await bounded(within, promise);
      waiting.delete(tell);
      options.signal?.throwIfAborted();
      return came;
    },
    close: async () => {
      closed ??= new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await closed;
    },
  };
};
