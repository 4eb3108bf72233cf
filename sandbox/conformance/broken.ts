/** What failed below a request, by the code of the system, of the resolver or of Node's fetch. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be resolved at present',
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ERR_INVALID_URL: 'that is not a URL',
  ECONNRESET: 'the connection was closed before the answer was complete',
  EPIPE: 'the connection was closed before the answer was complete',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
};

const TRUST = 'NODE_EXTRA_CA_CERTS names a file of certificates to trust';

/** What went wrong before there was a connection that anything could be sent over. */
const TLS_WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed (${TRUST})`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is of an authority that is not trusted here (${TRUST})`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is of an authority that is not trusted here (${TRUST})`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate is of an authority that is not trusted here (${TRUST})`,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what is there speaks no TLS; perhaps it is http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what is there speaks no TLS; perhaps it is http',
  ERR_SSL_HTTP_REQUEST: 'what is there speaks no TLS; perhaps it is http',
  EPROTO: 'no agreement on TLS',
};

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  ...Object.keys(TLS_WORDS),
]);

/** The error with a code, or the innermost: what fetch itself throws says no more than that it failed. */
const causeOf = (error: Error): Error => {
  let inner = error;
  while (!('code' in inner && typeof inner.code === 'string') && inner.cause instanceof Error) inner = inner.cause;
  return inner;
};

export interface Broken {
  /** Whether nothing was sent, because there was nobody to send it to. */
  readonly never: boolean;
  /** In words, without a code where the code is known. */
  readonly detail: string;
}

/** Why a request got no answer. */
export const describeBroken = (error: unknown): Broken => {
  if (!(error instanceof Error)) return { never: false, detail: String(error) };
  const cause = causeOf(error);
  // Fetch never opens some ports (Fetch Standard, "bad port"); nothing was sent then either.
  if (cause.message === 'bad port') return { never: true, detail: 'a port that fetch refuses to open' };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const detail = WORDS[code] ?? TLS_WORDS[code] ?? [cause.message, code].filter((part) => part !== '').join(', ');
  return { never: NEVER_CONNECTED.has(code), detail };
};
