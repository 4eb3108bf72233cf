import { createHash } from 'node:crypto';
import type { SeenExchange, SeenHalf } from '../../sandbox/conformance/journal-evidence.ts';
import { exchangeId } from '../../sandbox/exchange-id.ts';
import { redactBody, redactHeaders, redactUrl } from '../../sandbox/redact.ts';

/** Bytes of a body that are kept for judging, and of all bodies together. */
const BODY_MAX = 1024 * 1024;
const ALL_MAX = 256 * 1024 * 1024;
const EXCHANGES_MAX = 20_000;
/** Of a proxy nobody knows beforehand what is secret: it is told by its name or scheme. */
const NONE: ReadonlySet<string> = new Set();

/** One direction as it went over the wire. */
export interface Passing {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Bytes of the whole body; more than `body` has where it was too long. */
  readonly size: number;
}

export interface Passed {
  readonly kind: 'http' | 'mllp';
  readonly from: string;
  readonly to: string;
  readonly began: number;
  readonly ended: number;
  readonly method: string;
  readonly url: string;
  /** What of it is below the upstream's base. */
  readonly below?: string;
  readonly request: Passing;
  /** Absent where none came back; then `noReply` says why. */
  readonly reply?: Passing & { readonly status: number };
  readonly noReply?: 'gone' | 'dropped';
  readonly note?: string;
}

/** Collects what passes, as far as it is kept. */
export class Piece {
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  size = 0;

  add(chunk: Buffer): void {
    const room = BODY_MAX - this.#kept;
    this.size += chunk.length;
    if (room <= 0) return;
    const part = chunk.subarray(0, room);
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/**
 * What went through a proxy, in the form of a journal: credentials are taken out before anything is kept, and what is beyond
 * the bounds is counted instead. `write` gets each exchange as a line of JSON as soon as it is over.
 */
export const createRecord = (write?: (line: string) => void) => {
  const exchanges: SeenExchange[] = [];
  let [bytes, lost] = [0, 0];

  const half = ({ headers, body, size }: Passing, known: Set<string>): SeenHalf => {
    const kept = redactBody(body, headers['content-type'] ?? '', known, NONE);
    return {
      headers: redactHeaders(headers, known, NONE),
      body: kept.toString('utf8'),
      cut: size > body.length,
      ...(size > body.length ? {} : { sha256: createHash('sha256').update(body).digest('hex') }),
    };
  };

  const add = (passed: Passed): SeenExchange | undefined => {
    const { kind, from, to, began, ended, method, request, reply, noReply, note } = passed;
    const known = new Set<string>();
    const asked = half(request, known);
    const exchange: SeenExchange = {
      id: exchangeId(began),
      kind,
      from,
      to,
      at: began,
      began,
      ended,
      ...(note === undefined ? {} : { note }),
      request: {
        method,
        url: redactUrl(passed.url, known),
        ...(passed.below === undefined ? {} : { below: redactUrl(passed.below, known) }),
        ...asked,
      },
      ...(reply === undefined
        ? { noReply: noReply ?? 'dropped' }
        : { reply: { status: reply.status, ...half(reply, known) } }),
    };
    write?.(`${JSON.stringify(exchange)}\n`);
    bytes += exchange.request.body.length + (exchange.reply?.body.length ?? 0);
    if (exchanges.length >= EXCHANGES_MAX || bytes > ALL_MAX) {
      lost += 1;
      return undefined;
    }
    exchanges.push(exchange);
    return exchange;
  };

  return {
    add,
    /** In the order in which they began. */
    all: (): readonly SeenExchange[] => exchanges.toSorted((a, b) => a.began - b.began || (a.id < b.id ? -1 : 1)),
    /** How many were too many to be judged. */
    lost: () => lost,
  };
};

export type ProxyRecord = ReturnType<typeof createRecord>;
