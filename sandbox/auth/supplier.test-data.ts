import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import type { PublicKey } from './clients.ts';

/** A system of a supplier, with a key of its own. */
export interface Supplier {
  readonly kid: string;
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}

export const newSupplier = async (kid: string): Promise<Supplier> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid } };
};

export interface Assertion {
  readonly clientId: string;
  readonly tokenUrl: string;
  /** Milliseconds. */
  readonly now: number;
  /** In place of what is right; undefined leaves it out. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What signs it, where that is not the supplier's own key. */
  readonly key?: KeyObject;
}

const without = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const encoded = (members: object): string => Buffer.from(JSON.stringify(members)).toString('base64url');

/** As the platform wants it, but for what is told. A header that is told was not the one that was signed. */
export const sign = async ({ kid, privateKey }: Supplier, told: Assertion): Promise<string> => {
  const { clientId, tokenUrl, now, header, claims = {}, key = privateKey } = told;
  const exp = Math.floor(now / 1000) + 300;
  const right = { iss: clientId, sub: clientId, aud: tokenUrl, jti: crypto.randomUUID(), exp };
  const payload: JWTPayload = without({ ...right, ...claims });
  const head = { alg: 'RS512', typ: 'JWT', kid };
  const jwt = await new SignJWT(payload).setProtectedHeader(head).sign(key);
  if (header === undefined) return jwt;
  return [encoded(without({ ...head, ...header })), ...jwt.split('.').slice(1)].join('.');
};

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Of a form or a query, of which undefined is left out. */
export const paramsOf = (given: Readonly<Record<string, string | undefined>>): URLSearchParams => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) params.set(name, value);
  return params;
};

export const post = (url: string, form: Readonly<Record<string, string | undefined>>): Promise<Response> => {
  return fetch(url, { method: 'POST', body: paramsOf(form) });
};
