import { callExternal } from '../outbound-http.ts';
import { type OutboundPolicy, parseExternalUrl, resolveTarget } from '../outbound-policy.ts';
import type { Client, PublicKey } from './clients.ts';
import { TokenRefusal } from './mistakes.ts';

const KEYS_MAX = 10;
/** Characters of a member; a key of 16,384 bits has some 2,800. */
const MEMBER_MAX = 4_000;
/** RFC 7518, 6.3.2 and 6.4: what only the owner of a key may have. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a key, or undefined. RS512 is all that the platform takes, so a key of another kind is of no use. */
const faultOf = (key: unknown): string | undefined => {
  if (!isRecord(key)) return 'is not an object';
  if (PRIVATE.some((name) => key[name] !== undefined))
    return 'is a private key: keep that to yourself, and make a new one';
  if (typeof key.kid !== 'string' || key.kid === '' || key.kid.length > 200) return 'has no kid';
  if (key.kty !== 'RSA' || typeof key.n !== 'string' || typeof key.e !== 'string') return 'is no RSA key with n and e';
  if (key.alg !== undefined && key.alg !== 'RS512') return `is for ${String(key.alg)}, not RS512`;
  if (key.n.length > MEMBER_MAX || key.e.length > MEMBER_MAX) return 'is larger than any key';
  // RFC 7518, 3.3: at least 2048 bits.
  if (Buffer.from(key.n, 'base64url').length < 256) return 'has less than 2048 bits';
  return undefined;
};

const publicPart = ({ kid, kty, n, e }: Readonly<Record<string, unknown>>): PublicKey => ({
  kid: String(kid),
  kty,
  n,
  e,
});

/** The keys of an uploaded set, and what is wrong with those that are none, each with its place below `keys`. */
export const readKeys = (given: unknown): { keys: PublicKey[]; faults: { at: string; detail: string }[] } => {
  const list = isRecord(given) && Array.isArray(given.keys) ? given.keys : [];
  const faults = list.flatMap((key: unknown, index) => {
    const wrong = faultOf(key);
    return wrong === undefined ? [] : [{ at: `/keys/${index}`, detail: `The key ${wrong}` }];
  });
  if (list.length === 0)
    faults.push({ at: '/keys', detail: 'A key set has keys: {"keys": [{"kty": "RSA", "kid": "…", …}]}' });
  const keys = faults.length > 0 ? [] : list.filter(isRecord).map(publicPart);
  for (const [index, { kid }] of keys.entries())
    if (keys.findIndex((one) => one.kid === kid) < index)
      faults.push({ at: `/keys/${index}/kid`, detail: `Another key has the kid ${kid}, too` });
  return { keys, faults };
};

const WAIT = 5_000;

/** Asked for anew each time, so that a key that was taken away is good for nothing at once. */
const fetchKeys = async (url: string, policy: OutboundPolicy): Promise<readonly PublicKey[]> => {
  const target = await resolveTarget(parseExternalUrl(url), policy);
  const { status, body } = await callExternal(target, {
    method: 'GET',
    headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'integration-sandbox' },
    body: Buffer.alloc(0),
    signal: AbortSignal.timeout(WAIT),
  });
  const set: unknown = JSON.parse(body.toString('utf8'));
  if (status !== 200 || !isRecord(set) || !Array.isArray(set.keys)) throw new Error(`${status}, and no key set`);
  // What is of no use here may be meant for others.
  return set.keys.slice(0, KEYS_MAX).filter((key): key is PublicKey => faultOf(key) === undefined);
};

/** The public keys of a client. Throws a TokenRefusal where none are registered, or where they are cannot be reached. */
export const keysOf = async ({ keys, jwksUrl }: Client, policy: OutboundPolicy): Promise<readonly PublicKey[]> => {
  if (keys !== undefined) return keys;
  if (jwksUrl === undefined) throw new TokenRefusal('key-not-registered');
  try {
    return await fetchKeys(jwksUrl, policy);
  } catch {
    throw new TokenRefusal('jwks-unreachable');
  }
};
