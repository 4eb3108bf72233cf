import { createHash } from 'node:crypto';
import type { ExchangeEnd, ExchangeStart, Half, SandboxKey } from './journal.ts';
import { type Known, mayNameSecrets, redactBody, redactHeaders, redactText, redactUrl } from './redact.ts';
import type { SqlValue, Tx } from './sql/port.ts';

/** What the columns `request` and `reply` hold as JSON; the body has a column of its own. */
export interface StoredHalf {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the whole body; absent where there was none. */
  readonly size?: number;
  /** Of the whole body. Where the body is kept whole and untouched it is computed when it is read. */
  readonly sha256?: string;
  readonly truncated?: true;
  readonly redacted?: true;
}

/** A half whose body was cut to the cap before it waits in the queue, so that waiting costs bounded memory. */
export interface CutHalf extends Half {
  readonly size?: number;
  readonly sha256?: string;
}

export interface Capture {
  cut(half: CutHalf): CutHalf;
  half(half: CutHalf, known: Known): readonly [json: string, body: Uint8Array | null];
  /** Only gathers what the half has of credentials. */
  learn(half: Half, known: Known): void;
  text(text: string | undefined, known: Known): string | null;
}

const bytesOf = (body: Uint8Array | string): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);

const typeOf = (headers: Readonly<Record<string, string>>): string => {
  const direct = headers['content-type'];
  if (direct !== undefined) return direct;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'content-type');
  return name === undefined ? '' : (headers[name] ?? '');
};

export const createCapture = (bodyCap: number, secrets: ReadonlySet<string>): Capture => {
  const cut = (half: CutHalf): CutHalf => {
    // A string has at least as many bytes as UTF-16 units and at most three times as many.
    if (half.body === undefined || half.body.length * (typeof half.body === 'string' ? 3 : 1) <= bodyCap) return half;
    const whole = bytesOf(half.body);
    if (whole.length <= bodyCap) return half;
    const sha256 = createHash('sha256').update(whole).digest('hex');
    return { ...half, body: Uint8Array.prototype.slice.call(whole, 0, bodyCap), size: whole.length, sha256 };
  };
  const capture: Capture['half'] = (given, known) => {
    const half = cut(given);
    const headers = redactHeaders(half.headers, known, secrets);
    const url = half.url === undefined ? undefined : redactUrl(half.url, known);
    const { method, status } = half;
    if (half.body === undefined || half.body.length === 0) {
      return [JSON.stringify({ method, url, status, headers } satisfies StoredHalf), null];
    }
    const sent = bytesOf(half.body);
    const kept = redactBody(sent, typeOf(half.headers), known, secrets);
    const size = half.size ?? sent.length;
    const truncated = half.size === undefined ? {} : { truncated: true as const };
    // The hash of a whole that contains a credential would let somebody try out guesses at it.
    const hash = half.sha256 === undefined ? {} : { sha256: half.sha256 };
    const proof = kept === sent ? hash : { redacted: true as const };
    const stored: StoredHalf = { method, url, status, headers, size, ...truncated, ...proof };
    return [JSON.stringify(stored), kept];
  };
  return {
    cut,
    half: capture,
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

/** The next `count` numbers of the sandbox's own sequence (rules 1); undefined when that generation is gone. */
export const takeNumbers = async (tx: Tx, sandbox: SandboxKey, count: number): Promise<number | undefined> => {
  const [row] = await tx.query<{ seq: number }>(
    'update sandbox set seq = seq + $1 where id = $2 and serial = $3 returning seq',
    [count, sandbox.id, sandbox.serial],
  );
  return row === undefined ? undefined : row.seq - count + 1;
};

const INSERT = `insert into exchange (serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed, operation,
    summary, fault, note, milliseconds, request, request_body, reply, reply_body)
  values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
  on conflict (serial, id) do nothing`;

const NOTHING = [null, null] as const;

/** Writes the request half, and with `end` the whole. */
export const insertExchange = (
  tx: Tx,
  capture: Capture,
  number: number,
  start: ExchangeStart,
  end?: ExchangeEnd,
): Promise<unknown> => {
  const known: Known = new Set();
  const [request, requestBody] = start.request === undefined ? NOTHING : capture.half(start.request, known);
  const [reply, replyBody] = end?.reply === undefined ? NOTHING : capture.half(end.reply, known);
  const values: readonly SqlValue[] = [
    start.serial,
    number,
    start.id,
    start.kind,
    start.at,
    start.atReal,
    start.from,
    start.to,
    start.claimed ? 1 : 0,
    end?.operation ?? start.operation ?? null,
    capture.text(end?.summary ?? start.summary, known),
    end?.fault ?? null,
    capture.text(end?.note, known),
    end?.milliseconds ?? null,
    request,
    requestBody,
    reply,
    replyBody,
  ];
  return tx.query(INSERT, values);
};

/** Completes what was begun; false where nothing had been (its transaction was rolled back). */
export const completeExchange = async (
  tx: Tx,
  capture: Capture,
  cursor: number,
  start: ExchangeStart,
  end: ExchangeEnd,
): Promise<boolean> => {
  const known: Known = new Set();
  // What the request carried is looked for in the reply too: servers echo headers.
  if (start.request !== undefined) capture.learn(start.request, known);
  const [reply, replyBody] = end.reply === undefined ? NOTHING : capture.half(end.reply, known);
  const rows = await tx.query(
    `update exchange set cursor = $1, reply = $2, reply_body = $3, fault = $4, note = $5, milliseconds = $6,
       operation = coalesce($7, operation), summary = coalesce($8, summary)
     where serial = $9 and id = $10 returning seq`,
    [
      cursor,
      reply,
      replyBody,
      end.fault ?? null,
      capture.text(end.note, known),
      end.milliseconds,
      end.operation ?? null,
      capture.text(end.summary, known),
      start.serial,
      start.id,
    ],
  );
  return rows.length > 0;
};
