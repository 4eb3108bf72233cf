import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from './node-http.ts';
import type { Target } from './outbound-policy.ts';
import { problem, UPSTREAM_FAILED, UPSTREAM_TIMEOUT } from './problem.ts';

export interface HttpRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Ends the exchange, however far it is. */
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Bytes of a reply that are read; an external system must not be able to fill our memory. */
const REPLY_MAX = 10 * 1024 * 1024;

const flatten = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const open = ({ url, address, family }: Target, request: HttpRequest): ClientRequest =>
  (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: request.method,
    headers: request.headers,
    // The address was checked: the name must not be resolved again.
    lookup: (_host, options, answer) =>
      options.all === true ? answer(null, [{ address, family }]) : answer(null, address, family),
    agent: false,
    signal: request.signal,
  });

const read = async (reply: IncomingMessage): Promise<HttpReply> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    size += chunk.length;
    if (size > REPLY_MAX) throw problem(UPSTREAM_FAILED, `The other system's reply is larger than ${REPLY_MAX} bytes`);
    chunks.push(chunk);
  }
  return { status: reply.statusCode ?? 0, headers: flatten(reply.headers), body: Buffer.concat(chunks) };
};

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection without a reply',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached',
  ENOTFOUND: 'is not a name that is known',
  EAI_AGAIN: 'is not a name that can be resolved now',
  EPIPE: 'closed the connection without a reply',
};

/** What went wrong on the wire, as a problem that names the other system by its origin alone. */
export const wireProblem = (error: unknown, origin: string, timeout: number) => {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return problem(UPSTREAM_TIMEOUT, `${origin} did not answer within ${timeout} ms; whether it acted is not known`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = WHY[code] ?? (code === '' ? 'did not speak HTTP as expected' : `failed with ${code}`);
  return problem(UPSTREAM_FAILED, `${origin} ${why}`);
};

/**
 * One HTTP request to a checked address. Redirects are handed back, not followed: where they lead was not checked. Rejects
 * with the error of the wire (see `wireProblem`), or UPSTREAM_FAILED for a reply that is too large.
 */
export const callExternal = (target: Target, request: HttpRequest): Promise<HttpReply> =>
  new Promise((resolve, reject) => {
    const outgoing = open(target, request);
    outgoing.on('error', reject);
    outgoing.on('response', (reply) => {
      read(reply).then(resolve, reject);
    });
    // Without a listener Node drops the connection and says nothing more, not even when the signal is aborted.
    outgoing.on('upgrade', (_reply, socket) => {
      socket.destroy();
      reject(problem(UPSTREAM_FAILED, `${target.url.origin} switched to another protocol, which nobody asked for`));
    });
    outgoing.end(request.body);
  });
