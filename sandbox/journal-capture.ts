import { createHash } from 'node:crypto';
import type { Half } from './journal.ts';
import { besidesUsual, NEWEST } from './journal-usual.ts';
import {
  type Known,
  mayNameSecrets,
  mentionsKnown,
  redactBody,
  redactHeaders,
  redactText,
  redactUrl,
} from './redact.ts';
import type { BodySource } from './store-text.ts';

/** What the columns `request` and `reply` hold as JSON; the body has a column of its own. */
export interface StoredHalf {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A set of headers that was there, too: see journal-usual.ts. */
  readonly usual?: number | undefined;
  /** Bytes of the whole body; absent where there was none. */
  readonly size?: number;
  /** Of the whole body. Where the body is kept whole and untouched it is computed when it is read. */
  readonly sha256?: string | undefined;
  readonly truncated?: true | undefined;
  readonly redacted?: true | undefined;
  /** Where the body lies, in place of a body of its own. */
  readonly source?: BodySource | undefined;
}

/** A half whose body was cut to the cap before it waits in the queue, so that waiting costs bounded memory. */
export interface CutHalf extends Half {
  readonly size?: number;
  readonly sha256?: string;
}

/** A body as it is kept, with what is said of the whole. */
export interface KeptBody extends Pick<StoredHalf, 'sha256' | 'truncated' | 'redacted'> {
  readonly body: Buffer;
  readonly size: number;
}

export interface Capture {
  cut(half: CutHalf): CutHalf;
  half(half: CutHalf, known: Known): readonly [json: string, body: Uint8Array | null];
  /** The body alone: cut to the cap and without credentials, as `half` keeps it. */
  body(half: CutHalf, known: Known): KeptBody;
  /** Only gathers what the half has of credentials. */
  learn(half: Half, known: Known): void;
  text(text: string | undefined, known: Known): string | null;
}

const bytesOf = (body: Uint8Array | string): Buffer => {
  if (Buffer.isBuffer(body)) return body;
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
};

const typeOf = (headers: Readonly<Record<string, string>>): string => {
  const direct = headers['content-type'];
  if (direct !== undefined) return direct;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'content-type');
  return name === undefined ? '' : (headers[name] ?? '');
};

const hasNone = (headers: object): boolean => {
  for (const _ in headers) return false;
  return true;
};

/** As JSON, member by member the same; a half that is hardly more than its body, as of HL7 v2, is written at less cost. */
const jsonOf = (half: StoredHalf): string => {
  const { url, headers, size } = half;
  const isBare = half.method === undefined && half.status === undefined && half.usual === undefined && hasNone(headers);
  const isWhole = half.sha256 === undefined && half.truncated === undefined && half.redacted === undefined;
  if (!isBare || !isWhole || half.source !== undefined || size === undefined) return JSON.stringify(half);
  return `{${url === undefined ? '' : `"url":${JSON.stringify(url)},`}"headers":{},"size":${size}}`;
};

/** `sources`: whether a body that lies somewhere else can be read from there; where not, it is kept like any other. */
export const createCapture = (bodyCap: number, secrets: ReadonlySet<string>, sources = false): Capture => {
  const bySource = (
    half: CutHalf,
  ): half is CutHalf & { readonly source: BodySource; readonly body: string | Uint8Array } =>
    sources && half.source !== undefined && half.body !== undefined && half.body.length > 0;

  const cut = (half: CutHalf): CutHalf => {
    // A string has at least as many bytes as UTF-16 units and at most three times as many.
    if (half.body === undefined || half.body.length * (typeof half.body === 'string' ? 3 : 1) <= bodyCap) return half;
    if (bySource(half)) return half;
    const whole = bytesOf(half.body);
    if (whole.length <= bodyCap) return half;
    const sha256 = createHash('sha256').update(whole).digest('hex');
    return { ...half, body: Uint8Array.prototype.slice.call(whole, 0, bodyCap), size: whole.length, sha256 };
  };

  const keepBody: Capture['body'] = (given, known) => {
    const half = cut(given);
    const sent = bytesOf(half.body ?? '');
    const body = redactBody(sent, typeOf(half.headers), known, secrets);
    const size = half.size ?? sent.length;
    const truncated = half.size === undefined ? undefined : true;
    // The hash of a whole that contains a credential would let somebody try out guesses at it.
    return body === sent
      ? { body, size, truncated, sha256: half.sha256 }
      : { body, size, truncated, redacted: true as const };
  };

  return {
    cut,
    body: keepBody,
    half(half, known) {
      const named = half.usual !== undefined;
      const besides = named || half.status === undefined ? undefined : besidesUsual(half.headers);
      const usual = named ? half.usual : besides === undefined ? undefined : NEWEST;
      const headers = redactHeaders(besides ?? half.headers, known, secrets);
      const url = half.url === undefined ? undefined : redactUrl(half.url, known);
      const { method, status, source } = half;
      if (half.body === undefined || half.body.length === 0)
        return [JSON.stringify({ method, url, status, usual, headers } satisfies StoredHalf), null];
      // What only this exchange knows to be a credential cannot be looked for any more when the body is read.
      if (bySource(half) && !mentionsKnown(half.body, known, secrets)) {
        const { body } = half;
        const size = half.bytes ?? (typeof body === 'string' ? Buffer.byteLength(body) : body.length);
        return [JSON.stringify({ method, url, status, usual, headers, size, source } satisfies StoredHalf), null];
      }
      const { body, size, sha256, truncated, redacted } = keepBody(half, known);
      return [jsonOf({ method, url, status, usual, headers, size, truncated, sha256, redacted }), body];
    },
    learn(half, known) {
      redactHeaders(half.headers, known, secrets);
      if (half.url !== undefined) redactUrl(half.url, known);
      const type = typeOf(half.headers);
      if (half.body !== undefined && mayNameSecrets(type)) {
        redactBody(bytesOf(cut(half).body ?? ''), type, known, secrets);
      }
    },
    text: (text, known) => (text === undefined ? null : redactText(text, known).replaceAll('\0', '\u{fffd}')),
  };
};
