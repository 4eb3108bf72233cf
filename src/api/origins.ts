import type { IncomingMessage } from 'node:http';
import { FORBIDDEN, type Problem, problem } from '../../sandbox/problem.ts';

/** RFC 9110 15.5.20. */
const MISDIRECTED: Problem = {
  condition: 'misdirected',
  title: 'This host is not served here',
  status: 421,
  issue: 'not-supported',
};

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export interface OriginPolicy {
  /** While we listen on loopback only, nobody but this machine's own names may lead here. */
  readonly loopbackOnly: boolean;
  /** `PUBLIC_URL`, under whose host we may be reached too. */
  publicUrl(): string;
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined);

/**
 * Keeps pages of other origins away from the service's own API, which needs no key to create things on loopback.
 * A name that was rebound to 127.0.0.1 is known by its Host header; a form or script of another page by what every
 * browser says about itself (Fetch, "Sec-Fetch-Site" and "Origin"). Programs send neither and are let through.
 */
export const refuseForeignOrigin = (request: IncomingMessage, policy: OriginPolicy): void => {
  const host = request.headers.host ?? '';
  const publicHost = hostOf(policy.publicUrl());
  if (policy.loopbackOnly && !LOOPBACK.test(host) && host.toLowerCase() !== publicHost)
    throw problem(MISDIRECTED, `Requests for ${host === '' ? 'no host' : host} are not answered here`, { at: 'Host' });
  if (SAFE.has(request.method ?? '')) return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw problem(FORBIDDEN, `A page of another origin (${String(site)}) may not change anything here`, {
      at: 'Sec-Fetch-Site',
    });
  const { origin } = request.headers;
  if (origin === undefined) return;
  const from = hostOf(origin);
  if (from === undefined || (from !== host.toLowerCase() && from !== publicHost))
    throw problem(FORBIDDEN, `A page of ${origin} may not change anything here`, { at: 'Origin' });
};
