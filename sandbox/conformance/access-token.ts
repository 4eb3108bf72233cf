import { createPrivateKey, type KeyObject } from 'node:crypto';
import { describeBroken } from './broken.ts';
import { UnreachableError, UsageError } from './run-errors.ts';

/** What a client needs to get an access token for a signed JWT (RFC 7523, as NHS England's platform has it). */
export interface ClientKey {
  /** Exactly this is the audience. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Of the public key, as it is registered. */
  readonly kid: string;
  /** PEM, or a JWK as JSON; RSA. */
  readonly privateKey: string;
  readonly scope?: string;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds: the platform's limit. */
const LIFE = 300;
const SHOWN = 300;

const keyOf = (text: string): KeyObject => {
  try {
    return text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    throw new UsageError('credentials.client.privateKey is no private key in PEM, nor as a JWK');
  }
};

const assertionOf = async ({ tokenUrl, clientId, kid, privateKey }: ClientKey): Promise<string> => {
  const key = keyOf(privateKey);
  const { SignJWT } = await import('jose');
  return new SignJWT({ iss: clientId, sub: clientId, aud: tokenUrl, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'RS512', typ: 'JWT', kid })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + LIFE)
    .sign(key)
    .catch((error: unknown) => {
      throw new UsageError(`credentials.client.privateKey cannot sign with RS512: ${String(error)}`);
    });
};

const tokenIn = (text: string): string | undefined => {
  try {
    const { access_token: token }: { access_token?: unknown } = JSON.parse(text);
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The Authorization header for the whole run. Throws a UsageError with what the token endpoint says where it issues none, and
 * an UnreachableError where nobody answers there.
 */
export const obtainToken = async (client: ClientKey, send: typeof fetch, timeout: number): Promise<string> => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await assertionOf(client),
    ...(client.scope === undefined ? {} : { scope: client.scope }),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const signal = AbortSignal.timeout(timeout);
  const asking = send(client.tokenUrl, { method: 'POST', headers, body: form.toString(), redirect: 'manual', signal });
  const reply = await asking.catch((error: unknown) => {
    const { never, detail } = describeBroken(error);
    if (!never && !signal.aborted) throw error;
    throw new UnreachableError(`The token endpoint ${client.tokenUrl} cannot be reached: ${detail}`);
  });
  const text = await reply.text();
  const token = reply.status === 200 ? tokenIn(text) : undefined;
  if (token === undefined)
    throw new UsageError(
      `The token endpoint ${client.tokenUrl} issued no token: ${reply.status} ${text.slice(0, SHOWN)}`,
    );
  return `Bearer ${token}`;
};
