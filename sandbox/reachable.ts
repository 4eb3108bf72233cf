import { isIPv6 } from 'node:net';

/** How an address that is listened on is written in a URL: one that means all of them is reached through loopback. */
export const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
};
