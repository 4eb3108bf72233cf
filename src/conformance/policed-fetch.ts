import type { MllpTarget } from '../../sandbox/hl7v2/mllp-client.ts';
import { callExternal } from '../../sandbox/outbound-http.ts';
import { type OutboundPolicy, parseExternalUrl, parseMllpUrl, resolveTarget } from '../../sandbox/outbound-policy.ts';

/**
 * `fetch` for a target that somebody named over the network: only addresses that the outbound policy lets through are
 * connected to, and redirects are handed back. A refused address is thrown as OUTBOUND_REFUSED.
 */
export const policedFetch =
  (policy: OutboundPolicy): typeof fetch =>
  async (input, init) => {
    const url = parseExternalUrl(input instanceof Request ? input.url : String(input));
    const target = await resolveTarget(url, policy);
    const reply = await callExternal(target, {
      method: init?.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: Buffer.from(typeof init?.body === 'string' ? init.body : ''),
      signal: init?.signal ?? AbortSignal.timeout(30_000),
    });
    const empty = reply.status === 204 || reply.status === 304 || init?.method === 'HEAD';
    return new Response(empty ? null : new Uint8Array(reply.body), { status: reply.status, headers: reply.headers });
  };

/** Where to connect for HL7 v2, under the same policy. */
export const policedMllp =
  (policy: OutboundPolicy) =>
  async (target: string): Promise<MllpTarget> => {
    const { url, address } = await resolveTarget(parseMllpUrl(target), policy);
    const servername = url.hostname.replace(/^\[|\]$/g, '');
    return { address, port: Number(url.port), ...(url.protocol === 'mllps:' ? { tls: { servername } } : {}) };
  };
