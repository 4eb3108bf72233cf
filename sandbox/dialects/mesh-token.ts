import { createHmac } from 'node:crypto';

/** The environment's shared key, that of the public sandbox; what is secret is each mailbox's password. */
export const SHARED_KEY = 'TestKey';

const SCHEME = 'NHSMESH ';

export interface TokenParts {
  readonly mailbox: string;
  /** Anything without a colon; with the count it is used once. */
  readonly nonce: string;
  readonly count: string;
  /** `yyyyMMddHHmm`. */
  readonly timestamp: string;
}

/** Real time as tokens write it, in UTC. */
export const timestampOf = (at: number): string => new Date(at).toISOString().replaceAll(/\D/g, '').slice(0, 12);

/** Milliseconds since the epoch; undefined for what is no time. */
export const timeOf = (timestamp: string): number | undefined => {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(timestamp) ?? [];
  if (year === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(time) ? undefined : time;
};

/** HMAC-SHA256 in hex, as mesh-api.yaml ("MESH Authorization header") builds it. */
export const hashOf = (parts: TokenParts, password: string, sharedKey = SHARED_KEY): string =>
  createHmac('sha256', sharedKey)
    .update([parts.mailbox, parts.nonce, parts.count, password, parts.timestamp].join(':'))
    .digest('hex');

/** The whole Authorization header. */
export const writeToken = (parts: TokenParts, password: string, sharedKey = SHARED_KEY): string =>
  `${SCHEME}${[parts.mailbox, parts.nonce, parts.count, parts.timestamp, hashOf(parts, password, sharedKey)].join(':')}`;

/** The parts of a header that has the form of a token; undefined for another. */
export const readToken = (authorization: string): (TokenParts & { readonly hash: string }) | undefined => {
  const trimmed = authorization.trim();
  if (!trimmed.startsWith(SCHEME)) return undefined;
  const [mailbox, nonce, count, timestamp, hash, more] = trimmed.slice(SCHEME.length).split(':');
  if (mailbox === undefined || nonce === undefined || count === undefined) return undefined;
  if (timestamp === undefined || hash === undefined || more !== undefined) return undefined;
  return { mailbox, nonce, count, timestamp, hash };
};
