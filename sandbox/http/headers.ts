import type { IncomingMessage } from 'node:http';
import type { Dialect } from '../dialect.ts';
import { type Fault, INVALID_HEADER, MISSING_HEADER, ProblemError } from '../problem.ts';

/** Names in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** Request headers as text. Node joins repeated ones itself; only Set-Cookie, which no request has, comes as a list. */
export const headersOf = (request: IncomingMessage): RequestHeaders => {
  const { headers } = request;
  return headers['set-cookie'] === undefined
    ? // Every other header is one string: see node:http, message.headers.
      (headers as RequestHeaders)
    : ({ ...headers, 'set-cookie': headers['set-cookie'].join(', ') } as RequestHeaders);
};

const EXPOSED = [
  'ETag',
  'E-Tag',
  'Location',
  'Content-Location',
  'Last-Modified',
  'Retry-After',
  'Allow',
  'WWW-Authenticate',
  'X-Request-ID',
  'X-Correlation-ID',
];

/**
 * On every answer. Browser clients of any origin may call: endpoints know callers by a credential in a header, never by a
 * cookie. What is stored here was written by strangers and is served beside our own pages, so it is never to be run.
 * A change is followed by a new set in journal-usual.ts.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED.join(', '),
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
};

/** The answer to a preflight (Fetch, CORS protocol): every method of the path and every header that was asked about. */
export const preflightHeaders = (allow: readonly string[], headers: RequestHeaders): Record<string, string> => {
  const asked = headers['access-control-request-headers'];
  return {
    'access-control-allow-methods': allow.join(', '),
    ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
    'access-control-max-age': '600',
    vary: 'Access-Control-Request-Headers',
  };
};

// Where no dialect is known, as for a sandbox that does not exist.
const USUAL = ['X-Request-ID', 'X-Correlation-ID'];

const lowered = new WeakMap<readonly string[], readonly string[]>();

const lowerCase = (names: readonly string[]): readonly string[] => {
  let lower = lowered.get(names);
  if (lower === undefined) {
    lower = names.map((name) => name.toLowerCase());
    lowered.set(names, lower);
  }
  return lower;
};

/** The ids that go back as they came, whatever the answer is; undefined where there are none. */
export const echo = (dialect: Dialect | undefined, headers: RequestHeaders): Record<string, string> | undefined => {
  let echoed: Record<string, string> | undefined;
  for (const name of lowerCase(dialect?.headers.echoed ?? USUAL)) {
    const value = headers[name];
    if (value === undefined) continue;
    echoed ??= {};
    echoed[name] = value;
  }
  return echoed;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Refuses a request that lacks a header which the dialect requires, or has it in another form. */
export const checkDialectHeaders = (dialect: Dialect, headers: RequestHeaders, tags: readonly string[]): void => {
  const missing: Fault[] = [];
  const invalid: Fault[] = [];
  let template = MISSING_HEADER;
  for (const { name, format, condition, of } of dialect.headers.required) {
    if (of !== undefined && !of.some((tag) => tags.includes(tag))) continue;
    const value = headers[name.toLowerCase()];
    if (value === undefined || value.trim() === '') {
      // The first that is missing decides under which code the refusal goes.
      if (missing.length === 0 && condition !== undefined) template = { ...MISSING_HEADER, condition };
      missing.push({ detail: `The header ${name} is required`, at: name });
    } else if (format === 'uuid' && !UUID.test(value))
      invalid.push({
        detail: `The header ${name} has to be a UUID, not ${JSON.stringify(value.slice(0, 64))}`,
        at: name,
      });
  }
  if (missing.length > 0) throw new ProblemError(template, [...missing, ...invalid]);
  if (invalid.length > 0) throw new ProblemError(INVALID_HEADER, invalid);
};
