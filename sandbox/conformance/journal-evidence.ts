import { AUTHORISATION } from '../auth/mode.ts';

/** One direction of an exchange; header names in lower case, credentials already redacted. */
export interface SeenHalf {
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first 64 KB, and then `cut`; base64 where it is not text. */
  readonly body: string;
  readonly cut: boolean;
  /** Of the whole body, where it could be told. */
  readonly sha256?: string;
}

/** One exchange from or to the participant that is judged, as the sandbox recorded it. */
export interface SeenExchange {
  /** The journal's id of it. */
  readonly id: string;
  /**
   * A message is there once where it is put into a queue (method SEND), and once for each attempt to handle it (RECEIVE). A timer
   * is the participant's own: what it was due to do then by itself, `operation`; its `note` says whether somebody else had the seat.
   */
  readonly kind: 'http' | 'message' | 'mllp' | 'timer';
  readonly from: string;
  readonly to: string;
  readonly operation?: string;
  /** What the journal says of the faults that struck: `status 503, Retry-After 2 (fault-1)`. */
  readonly fault?: string;
  readonly note?: string;
  /** When it began, on the sandbox clock. Milliseconds, as the two below. */
  readonly at: number;
  /** When it began and when it ended in real time; people and systems outside wait in real time. */
  readonly began: number;
  readonly ended: number;
  readonly request: SeenHalf & {
    readonly method: string;
    readonly url: string;
    /** What of the address, with its query, is below the base of whoever answered, where that is known. */
    readonly below?: string;
  };
  /** What whoever asked was given; absent where no reply reached it, and for a message and a timer. */
  readonly reply?: SeenHalf & { readonly status: number };
  /**
   * Why there is none: `gone`, whoever asked had hung up by then; `dropped`, the connection was closed or failed;
   * `pending`, it had not ended when the journal was read.
   */
  readonly noReply?: 'gone' | 'dropped' | 'pending';
}

/** All that the journal has of one participant, in the order in which it began. Judging reads nothing else. */
export interface JournalEvidence {
  readonly dialect: string;
  /** The participant that is judged. */
  readonly participant: string;
  readonly exchanges: readonly SeenExchange[];
  /** When it is judged, on the sandbox clock: what is not there by then was not done by then. */
  readonly now: number;
}

/** What the participant asked of others; or the messages that it sent. To ask for a token is not to ask a participant. */
export const sentBy = (
  { participant, exchanges }: JournalEvidence,
  kind: SeenExchange['kind'] = 'http',
): readonly SeenExchange[] =>
  exchanges.filter((one) => one.kind === kind && one.from === participant && one.to !== AUTHORISATION);

/** Its requests for an access token at the sandbox's own token endpoint. */
export const tokenRequests = ({ participant, exchanges }: JournalEvidence): readonly SeenExchange[] =>
  exchanges.filter((one) => one.from === participant && one.to === AUTHORISATION && one.operation === 'issueToken');

/** What others asked of the participant; or the messages that went to it. */
export const sentTo = (
  { participant, exchanges }: JournalEvidence,
  kind: SeenExchange['kind'] = 'http',
): readonly SeenExchange[] => exchanges.filter((one) => one.kind === kind && one.to === participant);

/** What was sent as JSON, or undefined where it is none. */
export const parsed = (half: SeenHalf | undefined): unknown => {
  try {
    return half === undefined ? undefined : JSON.parse(half.body);
  } catch {
    return undefined;
  }
};

/** Path below the participant's FHIR base, with its query: `/Patient/1?_summary=true`. */
export const pathOf = ({ request }: SeenExchange): string => {
  const { pathname, search } = new URL(request.below ?? request.url, 'http://sandbox.invalid');
  return `${pathname.replace(/^.*\/FHIR\/R4(?=\/|$)/, '')}${search}`;
};

export const requestId = ({ request }: SeenExchange): string | undefined => request.headers['x-request-id'];

/** The same method, address and body: what a system sends when it tries again. */
export const sameContent = (one: SeenExchange, other: SeenExchange): boolean => {
  const [a, b] = [one.request, other.request];
  const body = a.sha256 !== undefined && b.sha256 !== undefined ? a.sha256 === b.sha256 : a.body === b.body;
  return a.method === b.method && one.to === other.to && pathOf(one) === pathOf(other) && body;
};

/** `GET /Patient/1 → 503`, for findings. */
export const brief = (exchange: SeenExchange): string =>
  `${exchange.request.method} ${pathOf(exchange)} → ${exchange.reply?.status ?? 'no reply'}`;

/** Whether no final answer reached whoever asked: nothing, 408, 503 or 504 (COM-02). */
export const isUnknown = ({ reply, noReply }: SeenExchange): boolean =>
  reply === undefined ? noReply !== 'pending' : reply.status === 408 || reply.status === 503 || reply.status === 504;

/** Seconds (RFC 9110, 10.2.3); what is a date there is counted from when the reply came. */
export const retryAfter = ({ reply, ended }: SeenExchange): number | undefined => {
  const value = reply?.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - ended) / 1000);
};
