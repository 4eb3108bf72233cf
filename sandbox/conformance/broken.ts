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

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
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
  const detail = WORDS[code] ?? [cause.message, code].filter((part) => part !== '').join(', ');
  return { never: NEVER_CONNECTED.has(code), detail };
};
