import { createHash } from 'node:crypto';
import { member, parsedJson } from '../act-values.ts';
import type { Ctx, Incoming } from '../pattern.ts';
import { problem, UPSTREAM_FAILED } from '../problem.ts';
import { INBOX_MAX } from './mail.ts';

/** At which exchange, and which mailbox there is the own one. */
export interface Box {
  /** The participant that is the exchange. */
  readonly exchange: string;
  readonly mailbox: string;
}

const ACCEPT = 'application/vnd.mesh.v2+json';

/** A request to the exchange about the own mailbox; the token is made where it goes out. */
const ask = (
  ctx: Ctx,
  { exchange, mailbox }: Box,
  method: string,
  path: string,
  more: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<Incoming> =>
  ctx.send(exchange, {
    method,
    path: `/messageexchange/${mailbox}${path}`,
    headers: { accept: ACCEPT, ...more.headers },
    ...(more.body === undefined ? {} : { body: more.body }),
  });

const require2xx = (reply: Incoming, what: string): Incoming => {
  if (reply.status < 300) return reply;
  throw problem(UPSTREAM_FAILED, `${what}: the exchange answered ${reply.status} ${reply.body.slice(0, 200)}`);
};

export interface Collected {
  /** What the exchange calls it. */
  readonly mail: string;
  readonly kind: string;
  readonly workflow: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CHUNKS_MAX = 1_000;

/** All of a message: chunks in order until one is answered 200 and not 206 (PSH-08). */
const download = async (ctx: Ctx, box: Box, mail: string): Promise<Collected> => {
  const first = require2xx(await ask(ctx, box, 'GET', `/inbox/${mail}`), 'A message could not be downloaded');
  const parts = [first.body];
  let last = first;
  for (let chunk = 2; last.status === 206 && chunk <= CHUNKS_MAX; chunk += 1) {
    last = require2xx(await ask(ctx, box, 'GET', `/inbox/${mail}/${chunk}`), 'A chunk could not be downloaded');
    parts.push(last.body);
  }
  const { headers } = first;
  return {
    mail,
    kind: headers['mex-messagetype'] ?? 'DATA',
    workflow: headers['mex-workflowid'] ?? '',
    headers,
    body: parts.join(''),
  };
};

const ALGORITHMS: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

export const checksumOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Whether it is what was sent, as far as a checksum in hex says so. */
export const isSound = ({ headers, body }: Collected): boolean => {
  const stated = /\b[0-9a-f]{32,64}\b/i.exec(headers['mex-content-checksum'] ?? '')?.[0]?.toLowerCase();
  const algorithm = stated === undefined ? undefined : ALGORITHMS[stated.length];
  return algorithm === undefined || createHash(algorithm).update(body).digest('hex') === stated;
};

export interface PollOptions {
  /** Breaks off between storing and acknowledging, as a crash there would. */
  readonly crash?: boolean;
}

export interface Polled {
  readonly listed: number;
  readonly acknowledged: number;
  /** Those that are left in the inbox: not sound, or a crash came between. */
  readonly left: readonly string[];
}

/**
 * Polls the own inbox: each message is downloaded, taken (which stores it), and only then acknowledged (PSH-03). Where exactly
 * as many were listed as an inbox lists, it is asked again (PSH-05).
 */
export const poll = async (
  ctx: Ctx,
  box: Box,
  take: (mail: Collected) => Promise<unknown>,
  options: PollOptions = {},
): Promise<Polled> => {
  const left: string[] = [];
  let [listed, acknowledged] = [0, 0];
  for (;;) {
    const reply = require2xx(await ask(ctx, box, 'GET', '/inbox'), 'The inbox could not be listed');
    const messages = member(parsedJson(reply.body), 'messages');
    const ids = (Array.isArray(messages) ? messages.map(String) : []).filter((id) => !left.includes(id));
    listed += ids.length;
    for (const id of ids) {
      const mail = await download(ctx, box, id);
      if (!isSound(mail)) {
        left.push(id);
        continue;
      }
      await take(mail);
      if (options.crash === true) return { listed, acknowledged, left: [...left, id] };
      require2xx(await ask(ctx, box, 'PUT', `/inbox/${id}/status/acknowledged`), 'A message could not be acknowledged');
      acknowledged += 1;
    }
    if (ids.length < INBOX_MAX) return { listed, acknowledged, left };
  }
};

export interface Outgoing {
  readonly to: string;
  readonly workflow: string;
  readonly local: string;
  readonly subject?: string;
  readonly body: string;
  readonly chunks?: number;
}

/** Between characters, so that each piece is text of its own. */
const split = (body: string, chunks: number): readonly string[] => {
  const characters = [...body];
  const size = Math.ceil(characters.length / chunks);
  return Array.from({ length: chunks }, (_, index) => characters.slice(index * size, (index + 1) * size).join(''));
};

/** Sends a message, in pieces where that is asked for. 202 and an id mean accepted for delivery, no more (PSH-02). */
export const sendMail = async (
  ctx: Ctx,
  box: Box,
  { to, workflow, local, subject, body, chunks = 1 }: Outgoing,
): Promise<{ readonly reply: Incoming; readonly mail?: string }> => {
  const [first = '', ...rest] = split(body, chunks);
  const type = { 'content-type': 'application/fhir+json' };
  const range = (chunk: number): Record<string, string> =>
    chunks === 1 ? {} : { 'mex-chunk-range': `${chunk}:${chunks}` };
  const reply = await ask(ctx, box, 'POST', '/outbox', {
    headers: {
      ...type,
      ...range(1),
      'mex-from': box.mailbox,
      'mex-to': to,
      'mex-workflowid': workflow,
      'mex-localid': local,
      'mex-filename': `${local}.json`,
      'mex-content-checksum': checksumOf(body),
      ...(subject === undefined ? {} : { 'mex-subject': subject }),
    },
    body: first,
  });
  const mail = member(parsedJson(reply.body), 'message_id');
  if (reply.status !== 202 || typeof mail !== 'string') return { reply };
  for (const [index, piece] of rest.entries())
    require2xx(
      await ask(ctx, box, 'POST', `/outbox/${mail}/${index + 2}`, {
        headers: { ...type, ...range(index + 2) },
        body: piece,
      }),
      'A chunk could not be sent',
    );
  return { reply, mail };
};

/** Says that the mailbox is in use: at least once a day, also where there is nothing to send or collect. */
export const shakeHands = async (ctx: Ctx, box: Box): Promise<unknown> => {
  const headers = { 'mex-clientversion': 'Sandbox==1', 'mex-osname': 'Linux', 'mex-osversion': '#1' };
  const reply = await ask(ctx, box, 'POST', '', { headers });
  return { status: reply.status, exchange: reply.exchange };
};

/** What the exchange says of a message that was sent. */
export const track = async (ctx: Ctx, box: Box, mail: string): Promise<unknown> => {
  const reply = await ask(ctx, box, 'GET', `/outbox/tracking?messageID=${encodeURIComponent(mail)}`);
  return { status: reply.status, tracking: parsedJson(reply.body), exchange: reply.exchange };
};
