import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import inject from 'light-my-request';
import type { Reply } from '../../pattern.ts';
import { METHOD_NOT_ALLOWED, problem, UNKNOWN_PATH } from '../../problem.ts';
import { type Asked, formOf, refusalReply } from '../asked.ts';
import { authorizeMistake, tokenFormMistake } from './before.ts';
import { errorPage } from './page.ts';
import { type Opened, openProvider } from './provider.ts';
import { answerSignIn } from './sign-in.ts';
import { tokenIssued, tokenRefused } from './token.ts';

// light-my-request imitates what node:http hands to a listener; its types do not say so.
const isMessage = (request: object): request is IncomingMessage => 'headers' in request && 'url' in request;

/** What is left to the provider's own routes, and by which method. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/authorize': ['GET', 'POST'],
  '/token': ['POST'],
  '/userinfo': ['GET', 'POST'],
  '/jwks': ['GET'],
  '/revoke': ['POST'],
  '/.well-known/openid-configuration': ['GET'],
  '/sign-in.css': ['GET'],
};
const BELOW = /^\/(?:authorize|sign-in)\/[\w-]{1,64}$/;

const checkMethod = ({ method, path }: Asked): void => {
  const methods = BELOW.test(path) ? ['GET', 'POST'] : METHODS[path];
  if (methods === undefined) throw problem(UNKNOWN_PATH, `The OpenID provider serves nothing at ${path.slice(0, 200)}`);
  const asked = method === 'HEAD' ? 'GET' : method;
  if (!methods.includes(asked)) {
    const headers = { allow: [...methods, 'OPTIONS'].join(', ') };
    throw problem(METHOD_NOT_ALLOWED, `${method} is not one of ${headers.allow}`, { headers });
  }
};

const HTML_POLICY = (redirect: string): Record<string, string> => ({
  // Where a form leads is judged after the redirects that follow it, too: so the client's own address is in.
  'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self'${redirect}; frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
});

const placeOf = (uri: string): string => {
  const url = URL.parse(uri);
  if (url === null) return '';
  return /^https?:$/.test(url.protocol) ? ` ${url.origin}` : ` ${url.protocol}`;
};

/** Everywhere that a client of this sandbox may send a browser; each was checked when it was registered. */
const redirectsOf = ({ clients }: Opened): string =>
  [...new Set(clients.flatMap(({ redirectUris }) => redirectUris.map(placeOf)))].join('');

const listOf = (header: unknown): string[] =>
  header === undefined ? [] : Array.isArray(header) ? header.map(String) : [String(header)];

/** What light-my-request collected, as a reply of ours. CORS and framing are the edge's own matter. */
const replyOf = (status: number, headers: Readonly<Record<string, unknown>>, body: Buffer, opened: Opened): Reply => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (!/^(?:set-cookie|connection|content-length|transfer-encoding|date|access-control-.*|vary)$/.test(name))
      kept[name] = listOf(value).join(', ');
  const page = kept['content-type']?.startsWith('text/html') === true ? HTML_POLICY(redirectsOf(opened)) : {};
  return {
    status,
    headers: { ...kept, ...page },
    ...(body.length === 0 ? {} : { body }),
  };
};

/** Through the provider, as if it had been asked under the address that the sandbox is shown under. */
const ask = async (asked: Asked, opened: Opened): Promise<Reply> => {
  const { host, method, path, search, body, headers } = asked;
  const { protocol, host: authority } = new URL(host.publicUrl());
  const handle = opened.provider.callback();
  const dispatch = (request: IncomingMessage, response: ServerResponse): void => {
    Object.assign(request, { originalUrl: `${opened.mount}${path}${search}` });
    const answering = path.startsWith('/sign-in/')
      ? answerSignIn(asked, opened, request, response)
      : handle(request, response);
    answering.catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  };
  const given = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-forwarded-')));
  const reply = await inject(
    (request, response) => {
      if (!isMessage(request)) throw new Error('light-my-request made no request');
      dispatch(request, response);
    },
    {
      method: method as 'GET',
      url: `${path}${search}`,
      headers: { ...given, host: authority, 'x-forwarded-proto': protocol.slice(0, -1), 'x-forwarded-host': authority },
      ...(body.length > 0 ? { payload: body } : {}),
      validate: false,
    },
  );
  asked.cookies(listOf(reply.headers['set-cookie']));
  return replyOf(reply.statusCode, reply.headers, reply.rawPayload, opened);
};

const wantsPage = (accept: string | undefined): boolean => accept?.includes('text/html') === true;

const refuseAuthorize = async (asked: Asked, opened: Opened, mistake: string): Promise<Reply> => {
  const reply = await refusalReply(mistake, asked.exchange);
  if (!wantsPage(asked.headers.accept)) return reply;
  const words = String(JSON.parse(String(reply.body)).error_description);
  const headers = { 'content-type': 'text/html; charset=utf-8', ...HTML_POLICY('') };
  return { status: reply.status, headers, body: errorPage(opened.mount, words) };
};

/** What a sandbox whose users sign in serves below `/oauth2`. */
export const answerOpenid = async (asked: Asked): Promise<Reply> => {
  const { path, method } = asked;
  if (method === 'OPTIONS') return { status: 204 };
  checkMethod(asked);
  if (path === '/sign-in.css') {
    const body = await readFile(new URL('./sign-in.css', import.meta.url), 'utf8');
    return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body };
  }
  const form = formOf(asked);
  const opened = await openProvider(asked, form);
  if (path === '/authorize') {
    const params = method === 'POST' ? form : new URLSearchParams(asked.search);
    const mistake = authorizeMistake(params, opened, (participant) => asked.from(participant, false));
    if (mistake !== undefined) return refuseAuthorize(asked, opened, mistake);
  }
  if (path !== '/token') return ask(asked, opened);
  const mistake = tokenFormMistake(form, asked, opened);
  if (mistake !== undefined) return refusalReply(mistake, asked.exchange);
  const reply = await ask(asked, opened);
  return reply.status === 200 ? tokenIssued(asked, form, reply) : tokenRefused(asked, form, opened, reply);
};
