import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { LOCKED_OUT } from './follow.ts';
import type { Host } from './host.ts';
import { acceptBinding, bindTemplate } from './websocket-bind.ts';

const BELOW = '/sandboxes';
const STREAM = 'text/event-stream';
/** Bytes; a client has nothing to say here. */
const SAID_MAX = 1_024;
/** Headers of the request for a WebSocket that are those of the request for the stream. */
const KEPT = ['apikey', 'authorization', 'last-event-id', 'host', 'x-correlation-id', 'x-request-id'];

const refuse = (socket: Duplex, status: number, body: string): void => {
  const head = [`HTTP/1.1 ${status} Refused`, 'connection: close', `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

/** Why a WebSocket is closed: https://www.iana.org/assignments/websocket (3000 is Unauthorized), RFC 6455 7.4.1. */
const ENDED = 1000;
const UNAUTHORISED = 3000;

/** `id: 1\nevent: x\ndata: {}` as one JSON object; undefined for what is no event. */
const messageOf = (part: string): string | undefined => {
  const fields = new Map(part.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)]));
  const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name));
  if (data === undefined) return undefined;
  return `{${id === undefined ? '' : `"id":${id},`}"event":${JSON.stringify(event)},"data":${data}}`;
};

/** Each message is taken by the network before the next one is read, so that a slow reader costs no memory. */
const sent = (socket: WebSocket, message: string): Promise<void> =>
  new Promise((resolve, reject) => socket.send(message, (error) => (error == null ? resolve() : reject(error))));

/** Sends what comes until nothing comes any more; gives the code that the socket is closed with. */
const forward = async (socket: WebSocket, stream: AsyncIterable<unknown>): Promise<number> => {
  let rest = '';
  let code = ENDED;
  for await (const chunk of stream) {
    rest += String(chunk);
    const parts = rest.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const message = messageOf(part);
      if (part.startsWith(`event: ${LOCKED_OUT}\n`)) code = UNAUTHORISED;
      if (message !== undefined) await sent(socket, message);
      else socket.ping();
    }
  }
  return code;
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(KEPT.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])));

/**
 * Whatever is a stream of server-sent events at an address of a sandbox is a WebSocket there, too: the same request, judged and
 * recorded by the same edge, whose events go out as text messages. Another cursor would be another truth.
 */
export const acceptWebSockets = (server: Server, host: Pick<Host, 'injector' | 'closing' | 'log'>): void => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: SAID_MAX });
  const take = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { url = '/' } = request;
    if (!url.startsWith(`${BELOW}/`)) return refuse(socket, 404, '');
    const gone = new AbortController();
    socket.on('close', () => gone.abort());
    const headers = { ...headersOf(request), accept: STREAM };
    const open = (at: string) =>
      host.injector.open({ method: 'GET', url: at.slice(BELOW.length), headers, signal: gone.signal });
    const reply = await open(url);
    if (reply.headers['content-type'] !== STREAM) {
      return refuse(socket, reply.statusCode === 200 ? 400 : reply.statusCode, await text(reply.stream()));
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => opened.terminate());
      const template = bindTemplate(reply.headers['link-template']);
      if (template !== undefined)
        acceptBinding(opened, async (id) => {
          const { pathname, search } = new URL(template.replace('{id}', id), `ws://sandbox${url}`);
          const bound = await open(pathname + search);
          if (bound.headers['content-type'] === STREAM) return bound.stream();
          bound.stream().resume();
          return undefined;
        });
      const end = (code: number): void => (host.closing?.aborted === true ? opened.terminate() : opened.close(code));
      forward(opened, reply.stream()).then(end, () => opened.terminate());
    });
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    take(request, socket, head).catch((error: unknown) => {
      host.log.error({ err: error }, 'a WebSocket could not be opened');
      socket.destroy();
    });
  });
};
