import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Standing } from '../authentication.ts';
import { sandboxNow } from '../clock.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Strike } from '../faults.ts';
import type { ExchangeEnd, ExchangeStart, Half } from '../journal.ts';
import { maskNumbers } from '../nhs-number.ts';
import type { LoadedSandbox } from '../participants.ts';
import type { Call, Caller, Reply } from '../pattern.ts';
import type { Fault } from '../problem.ts';
import { Recording } from '../recording.ts';
import type { BodySource } from '../store-text.ts';
import type { Address } from './address.ts';
import { type Answer, answerOf } from './answer-of.ts';
import { describeStrikes } from './fault-effects.ts';
import { headersOf, type RequestHeaders } from './headers.ts';
import type { Host } from './host.ts';
import type { InternalCall } from './injector.ts';
import type { Served } from './served.ts';

const UNKNOWN: Caller = { participant: 'unknown', claimed: false };
const NO_STRIKES: readonly Strike[] = [];
const NO_PARAMS: Readonly<Record<string, string>> = {};
const NO_BODY = Buffer.alloc(0);
const PATH_SHOWN = 120;
const BODY_CONCEALED = "The body was not kept: it names a number that may be a real person's";
const NUMBER_CONCEALED = "Numbers were masked: one may be a real person's";

const masked = (headers: RequestHeaders): RequestHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskNumbers(value)]));

/** One request on its way through the edge: what is known of it so far, and its entry in the journal. */
export class Passage {
  readonly host: Host;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: RequestHeaders;
  readonly internal: InternalCall | undefined;
  readonly id: string;
  address: Address | undefined;
  sandbox: LoadedSandbox | undefined;
  served: Served | undefined;
  /** The participant that is called. */
  to = 'unknown';
  from: Caller = UNKNOWN;
  /** Of the proof by which the caller is known, where that has an end. */
  standing: Standing | undefined;
  operationId: string | undefined;
  /** Of the path, once it was matched. */
  params: Readonly<Record<string, string>> = NO_PARAMS;
  body: Buffer = NO_BODY;
  /** What the handler was asked. */
  call: Call | undefined;
  /** What the journal says of it beside what was sent. */
  note: string | undefined;
  strikes: readonly Strike[] = NO_STRIKES;
  /** What of the address and the headers names a number that may be a real person's, once it was looked for. */
  realInHead: readonly Fault[] | undefined;
  readonly #real: number;
  readonly #began = performance.now();
  #recording: Recording | undefined;
  #start: ExchangeStart | undefined;
  #concealed = false;
  #expected: { readonly reply: Reply; readonly answer: Answer; readonly note: string | undefined } | undefined;

  constructor(host: Host, request: IncomingMessage, response: ServerResponse) {
    this.host = host;
    this.request = request;
    this.response = response;
    this.headers = headersOf(request);
    this.internal = host.injector.callOf(request);
    this.#real = host.now();
    this.id = this.internal?.exchange ?? exchangeId(this.#real);
  }

  /** Asked for by what opens a transaction: most requests only read. */
  get recording(): Recording {
    this.#recording ??= new Recording(this.host.journal, () => this.#started());
    return this.#recording;
  }

  /** What seeds the randomness of what it sets off (CtxOptions). */
  cause(): readonly (string | Uint8Array)[] {
    const { method, address, body } = this;
    return [method === 'HEAD' ? 'GET' : method, address?.path ?? '', address?.search ?? '', body];
  }

  /** Base of the participant that is called, as `Call.base` has it. */
  get base(): string {
    return `${this.shortBase}/${this.to}`;
  }

  /** The base without the participant, which is the main one's too. */
  get shortBase(): string {
    return `${this.host.publicUrl()}/sandboxes/${this.address?.sandbox}`;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  /** Whether there is still somebody to answer. */
  get gone(): boolean {
    return this.response.destroyed || this.internal?.signal.aborted === true;
  }

  /** Where a text lies that a store of the sandbox's pattern keeps under this key. */
  sourceOf(key: string): BodySource | undefined {
    return this.sandbox === undefined ? undefined : { pattern: this.sandbox.row.pattern, key };
  }

  /** Keeps out of the journal what may name a real person: the numbers in the URL and headers, and the body. */
  conceal(): void {
    this.#concealed = true;
    // It may have been described for a transaction that was rolled back.
    if (this.#recording?.begun !== true) this.#start = undefined;
  }

  /**
   * How the exchange ends if a transaction is committed after which the caller is told this (CtxOptions). Undefined where
   * that cannot be said yet: it is streamed, a fault strikes it, or it is but a part of the answer.
   */
  expects(call: Call, reply: Reply): ExchangeEnd | undefined {
    this.#expected = undefined;
    const isPlain = this.strikes.length === 0 && !this.#concealed && reply.concealed !== true;
    const answer = isPlain && call === this.call ? answerOf(this, reply) : undefined;
    if (answer === undefined) return undefined;
    const { note } = this;
    this.#expected = { reply, answer, note };
    return this.#endOf(this.#started(), answer.half, note);
  }

  /** The answer that was made of this reply while its transaction ran. */
  expected(reply: Reply): Answer | undefined {
    return this.#expected?.reply === reply ? this.#expected.answer : undefined;
  }

  /** Completes the exchange in the journal. Without a sandbox there is none to record it in. */
  finish(reply: Half | undefined, note?: string): void {
    if (this.sandbox === undefined) return;
    const expected = this.#expected;
    const asExpected = expected !== undefined && reply === expected.answer.half && note === expected.note;
    if (asExpected && this.#recording?.conclude() === true) return;
    const begun = this.#recording?.begun === true;
    const start = this.#started();
    // What a transaction wrote before it was known that it names somebody is written over.
    const shown = begun && this.#concealed ? this.#describe() : start;
    const notes = this.#concealed ? this.#noteOfConcealment(note) : note;
    const plain = this.#endOf(shown, reply, notes);
    const end = shown === start ? plain : { ...plain, request: shown.request };
    if (begun) this.host.journal.finish(start, end);
    else this.host.journal.record(start, end);
  }

  #endOf(shown: ExchangeStart, reply: Half | undefined, note: string | undefined): ExchangeEnd {
    return {
      milliseconds: performance.now() - this.#began,
      summary: `${shown.summary} ${reply?.status === undefined ? '— no reply' : `→ ${reply.status}`}`,
      operation: this.operationId,
      reply,
      fault: this.strikes.length === 0 ? undefined : describeStrikes(this.strikes),
      note,
    };
  }

  #noteOfConcealment(note: string | undefined): string {
    const concealed = this.body.length > 0 ? BODY_CONCEALED : NUMBER_CONCEALED;
    return note === undefined ? concealed : `${concealed}. ${note}`;
  }

  #started(): ExchangeStart {
    this.#start ??= this.#describe();
    return this.#start;
  }

  #describe(): ExchangeStart {
    const { sandbox, address } = this;
    if (sandbox === undefined || address === undefined) throw new Error('An exchange without a sandbox');
    const { row } = sandbox;
    // As it was sent: through `/sandboxes/{id}/FHIR/R4` no participant is named.
    const base = address.participant === undefined ? this.shortBase : this.base;
    const concealed = this.#concealed;
    const path = concealed ? maskNumbers(address.path) : address.path;
    const url = `${base}${path}${concealed ? maskNumbers(address.search) : address.search}`;
    const headers = concealed ? masked(this.headers) : this.headers;
    return {
      id: this.id,
      sandbox: row.id,
      serial: row.serial,
      kind: 'http',
      at: sandboxNow(row, this.#real),
      atReal: this.#real,
      from: this.from.participant,
      claimed: this.from.claimed,
      to: this.to,
      operation: this.operationId,
      summary: `${this.method} ${path.slice(0, PATH_SHOWN)}`,
      request: { method: this.method, url, headers, body: concealed ? NO_BODY : this.body },
    };
  }
}
