import { compactVerify, decodeJwt, decodeProtectedHeader, errors, importJWK, type JWTPayload } from 'jose';
import type { OutboundPolicy } from '../outbound-policy.ts';
import type { Client } from './clients.ts';
import { keysOf } from './jwks.ts';
import { TokenRefusal } from './mistakes.ts';

/** The one that the platform takes. */
const ALGORITHM = 'RS512';
/** Seconds: how far ahead `exp` may be. */
const LIFE_MAX = 300;

interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload;
}

const partsOf = (jwt: string): Parts => {
  try {
    return { header: { ...decodeProtectedHeader(jwt) }, claims: decodeJwt(jwt) };
  } catch {
    throw new TokenRefusal('assertion-malformed');
  }
};

const checkHeader = ({ kid, typ, alg }: Parts['header']): string => {
  if (typeof kid !== 'string' || kid === '') throw new TokenRefusal('kid-missing');
  if (typ !== 'JWT') throw new TokenRefusal('typ-invalid');
  if (alg === undefined) throw new TokenRefusal('alg-missing');
  if (alg !== ALGORITHM) throw new TokenRefusal('alg-invalid');
  return kid;
};

const clientOf = ({ iss, sub }: JWTPayload, clients: readonly Client[]): Client => {
  if (typeof iss !== 'string' || iss !== sub) throw new TokenRefusal('iss-not-sub');
  const client = clients.find(({ clientId }) => clientId === iss);
  if (client === undefined) throw new TokenRefusal('client-unknown');
  return client;
};

/** The claims as they came: that jose calls them numbers and texts does not make them so. */
const checkClaims = (claims: Readonly<Record<string, unknown>>, tokenUrl: string, now: number): Accepted['jti'] => {
  const { jti, aud, exp } = claims;
  if (jti === undefined) throw new TokenRefusal('jti-missing');
  if (typeof jti !== 'string' || jti === '' || jti.length > 200) throw new TokenRefusal('jti-invalid');
  if (aud !== tokenUrl) throw new TokenRefusal('aud-invalid');
  if (exp === undefined) throw new TokenRefusal('exp-missing');
  if (!Number.isInteger(exp)) throw new TokenRefusal('exp-not-integer');
  const ends = Number(exp) * 1_000;
  if (ends <= now) throw new TokenRefusal('exp-past');
  // Whoever asks for 300 seconds ahead rounds up to the next one.
  if (ends > now + (LIFE_MAX + 1) * 1_000) throw new TokenRefusal('exp-too-far');
  return { value: jti, expires: ends };
};

export interface Accepted {
  readonly client: Client;
  /** Good once: whoever issues a token remembers it until then, in real milliseconds. */
  readonly jti: { readonly value: string; readonly expires: number };
}

export interface AssertionQuestion {
  readonly clients: readonly Client[];
  /** Exactly this is the audience. */
  readonly tokenUrl: string;
  /** Real milliseconds. */
  readonly now: number;
  readonly policy: OutboundPolicy;
  /** Told whom it says it is from, before it is proven: for the journal. */
  claimed(client: Client): void;
}

/**
 * Judges a signed JWT by which a client asks for a token (RFC 7523, as the platform wants it), in the order in which the
 * platform looks. Throws a TokenRefusal with the first thing that is wrong. Whether the jti was used before is for whoever
 * issues the token, in one transaction with that.
 */
export const judgeAssertion = async (jwt: string, question: AssertionQuestion): Promise<Accepted> => {
  const { header, claims } = partsOf(jwt);
  const kid = checkHeader(header);
  const client = clientOf(claims, question.clients);
  question.claimed(client);
  const jti = checkClaims(claims, question.tokenUrl, question.now);
  const keys = await keysOf(client, question.policy);
  const key = keys.find((one) => one.kid === kid);
  if (key === undefined) throw new TokenRefusal('kid-unknown');
  try {
    await compactVerify(jwt, await importJWK({ ...key }, ALGORITHM), { algorithms: [ALGORITHM] });
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      throw new TokenRefusal('signature-invalid');
    throw error;
  }
  return { client, jti };
};
