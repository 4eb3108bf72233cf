import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Problem, problem } from './problem.ts';

/** Whom participants may call. */
export interface OutboundPolicy {
  /** Host names, addresses and CIDR ranges (`OUTBOUND_ALLOW`) that may be called although they are not public. */
  readonly outboundAllow: readonly string[];
  /** While we ourselves listen on loopback only, loopback may be called. */
  readonly listensOnLoopbackOnly: boolean;
}

/** Where to connect: an address that was checked, so that the name is not resolved a second time (DNS rebinding). */
export interface Target {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
}

export const OUTBOUND_REFUSED: Problem = {
  condition: 'outbound-refused',
  status: 409,
  title: 'This address may not be called',
  issue: 'forbidden',
};

// IANA special-purpose address registries, IPv4 and IPv6; multicast; the blocks that are reserved.
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
// Only 2000::/3 is global unicast, and in it these are not; 2002::/16 and 64:ff9b::/96 carry an IPv4 address inside.
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const addRange = (list: BlockList, range: string): boolean => {
  const [address = '', bits] = range.split('/');
  const family = isIP(address);
  if (family === 0) return false;
  const whole = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? whole : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > whole) return false;
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return true;
};

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return list;
};

const includes = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** The IPv4 address inside `::ffff:a.b.c.d`, as which the operating system would treat it. */
const unmapped = (address: string): string => {
  const host = isIPv6(address) ? new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1) : address;
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === '') return host;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
};

/** What kind of address it is: who may be called depends on no more than this and the allow list. */
export const kindOfAddress = (given: string): 'public' | 'loopback' | 'special' => {
  const address = unmapped(given);
  if (address === '::1' || includes(listOf(['127.0.0.0/8']), address)) return 'loopback';
  if (!isIPv6(address)) return includes(listOf(SPECIAL_IPV4), address) ? 'special' : 'public';
  if (!includes(listOf(['2000::/3']), address)) return 'special';
  return includes(listOf(SPECIAL_IPV6), address) ? 'special' : 'public';
};

const mayCall = (address: string, policy: OutboundPolicy): boolean => {
  const kind = kindOfAddress(address);
  if (kind === 'public' || (kind === 'loopback' && policy.listensOnLoopbackOnly)) return true;
  return includes(listOf(policy.outboundAllow), unmapped(address));
};

const refuse = (detail: string) => problem(OUTBOUND_REFUSED, detail, { at: 'url' });

/** Parses the URL of an external system: http or https, without credentials. Throws OUTBOUND_REFUSED. */
export const parseExternalUrl = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null) throw refuse('The URL of the external system cannot be read; it has to be absolute');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse(`The URL has to begin with http: or https:, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw refuse('The URL must not hold a user name or password; give a credential apart');
  return url;
};

/** Parses the URL of an external listener: `mllp://host:port`, or `mllps:` for TLS. Throws OUTBOUND_REFUSED. */
export const parseMllpUrl = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null || !/^mllps?:$/.test(url.protocol) || url.hostname === '' || url.port === '')
    throw refuse('HL7 v2 goes to a URL such as mllp://127.0.0.1:2575, with its port');
  if (url.username !== '' || url.password !== '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw refuse('A URL of MLLP has a host and a port, and nothing else');
  return url;
};

const resolve = async (host: string): Promise<readonly { address: string; family: number }[]> => {
  const literal = host.startsWith('[') ? host.slice(1, -1) : host;
  const family = isIP(literal);
  return family === 0 ? lookup(literal, { all: true }) : [{ address: literal, family }];
};

/**
 * Resolves the host once and gives an address that may be called. Throws OUTBOUND_REFUSED where there is none; rejects with
 * the resolver's own error where the name is not known.
 */
export const resolveTarget = async (url: URL, policy: OutboundPolicy): Promise<Target> => {
  const host = url.hostname.toLowerCase();
  const named = policy.outboundAllow.some((entry) => entry.toLowerCase() === host);
  const addresses = await resolve(host);
  const chosen = addresses.find(({ address }) => named || mayCall(address, policy));
  if (chosen === undefined) {
    const found = addresses[0]?.address ?? 'nowhere';
    const what = host.includes(found) ? host : `${host} is ${found}, which`;
    throw refuse(`${what} is not a public address; OUTBOUND_ALLOW can allow it`);
  }
  return { url, address: chosen.address, family: chosen.family === 6 ? 6 : 4 };
};
