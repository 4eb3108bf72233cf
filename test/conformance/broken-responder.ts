import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { type Message, type Sending, type Spoil, spoiled } from './spoil.ts';

export interface Mistakes {
  /** Step of the run → how it is answered. */
  readonly answers?: Readonly<Record<string, Spoil>>;
  /** Path below the run's listener → what is sent there: always so, or the first time, the second … */
  readonly sends?: Readonly<Record<string, Sending | readonly Sending[]>>;
}

export interface BrokenResponder {
  /** The same place as `url` has at what stands behind. */
  at(url: string): string;
  /** Says which step of the run comes next. */
  begin(step: string): void;
  /** Where what is sent to the run's listener is to be sent. */
  readonly heard: string;
  /** The mistakes that nobody gave an occasion to. */
  notMade(): readonly string[];
  close(): Promise<void>;
}

/** Below its own address lies what goes to the run's listener. */
const HEARD = '/heard';
const HOP = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|host|accept-encoding|expect)$/;
const TEXT = /json|xml|text|urlencoded/;

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP.test(name) ? [] : [[name, String(value)]],
    ),
  );

const mapped = (message: Message, change: (text: string) => string): Message => ({
  headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, change(value)])),
  body: TEXT.test(message.headers['content-type'] ?? '') ? Buffer.from(change(message.body.toString())) : message.body,
});

interface Call extends Message {
  readonly method: string;
  readonly url: string;
}

const handOn = async ({ method, url, headers, body }: Call): Promise<Message & { readonly status: number }> => {
  const reply = await fetch(url, { method, headers, body: body.length === 0 ? null : body, redirect: 'manual' });
  const given = Object.fromEntries([...reply.headers].filter(([name]) => !HOP.test(name)));
  return { status: reply.status, headers: given, body: Buffer.from(await reply.arrayBuffer()) };
};

/**
 * A system that makes mistakes: it stands between a run and what answers soundly, at `upstream`, and hands on what comes from
 * either side, but for what it is told to spoil. `listener` is where the run listens, once it is known.
 */
export const openBrokenResponder = async (
  upstream: string,
  { answers = {}, sends = {} }: Mistakes,
  listener: () => string | undefined,
): Promise<BrokenResponder> => {
  const seen = new Map<string, { sent: Message; got?: Message }>();
  const made = new Set<string>();
  const sent = new Map<string, number>();
  let step = '';

  const answer = async (call: Call, response: ServerResponse): Promise<void> => {
    const name = step;
    const spoil = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (spoil !== undefined) made.add(name);
    seen.set(name, { sent: call });
    if (spoil?.drops === true) {
      response.destroy();
      return;
    }
    const inwards = (text: string): string => {
      const to = text.replaceAll(own, upstream);
      const at = listener();
      return at === undefined ? to : to.replaceAll(at, `${own}${HEARD}`);
    };
    const nothing = { status: 204, headers: {}, body: Buffer.alloc(0) };
    const came = spoil?.swallows === true ? nothing : await handOn({ ...call, ...mapped(call, inwards) });
    const got = mapped(came, (text) => text.replaceAll(upstream, own));
    seen.set(name, { sent: call, got });
    if (spoil?.late !== undefined) await later(spoil.late);
    const { headers, body } = spoil === undefined ? got : spoiled(got, spoil, seen);
    response.writeHead(spoil?.status ?? came.status, headers).end(body);
  };

  const spoilOf = (path: string): Sending | undefined => {
    const key =
      Object.keys(sends).find(
        (one) => path === one || (/^[/?]/.test(path.slice(one.length)) && path.startsWith(one)),
      ) ?? '';
    const spoil = sends[key];
    const count = sent.get(key) ?? 0;
    sent.set(key, count + 1);
    const one = Array.isArray(spoil) ? spoil[count] : spoil;
    if (one !== undefined) made.add(key);
    return one;
  };

  const tell = async (call: Call, spoil: Sending | undefined): Promise<number> => {
    if (spoil?.drops === true) return 200;
    const { path, method, also } = spoil ?? {};
    const changed = spoil === undefined ? call : { ...call, ...spoiled(call, spoil, seen) };
    const url = path === undefined ? call.url : `${listener()}${path}`;
    const { status } = await handOn({ ...changed, url, ...(method && { method }) });
    if (also !== undefined) await tell(call, also);
    return status;
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '' } = request;
    const call = { method, url: `${upstream}${path}`, headers: flat(request.headers), body: Buffer.concat(chunks) };
    if (!path.startsWith(HEARD)) {
      await answer(call, response);
      return;
    }
    const below = path.slice(HEARD.length);
    const outwards = (text: string): string =>
      text.replaceAll(`${own}${HEARD}`, listener() ?? '').replaceAll(upstream, own);
    const status = await tell({ ...call, url: `${listener()}${below}`, ...mapped(call, outwards) }, spoilOf(below));
    response.writeHead(status).end();
  };

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    at: (url) => url.replace(upstream, own),
    begin: (name) => {
      step = name;
    },
    heard: `${own}${HEARD}`,
    notMade: () => [...Object.keys(answers), ...Object.keys(sends)].filter((name) => !made.has(name)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
