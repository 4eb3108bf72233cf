import { sandboxNow } from '../clock.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeEnd, ExchangeStart } from '../journal.ts';
import type { Caller } from '../pattern.ts';
import { Recording } from '../recording.ts';
import type { MessageFault } from './acknowledge.ts';
import type { Finding } from './check-structure.ts';
import { type Mode, modeOf } from './enhanced.ts';
import { factsOf, type HeaderFacts } from './header-facts.ts';
import { Hl7Error } from './hl7-error.ts';
import { createMessage, type Hl7Message, linesOf, parseMessage } from './message.ts';
import type { Flaw } from './mllp-frames.ts';
import type { Delivery } from './port.ts';

const SHOWN = 40;
/** So many of the things that were tolerated are told in the journal. */
const SAID = 5;
const NO_BODY = Buffer.alloc(0);
const CONCEALED = "The message was not kept: it names a number that may be a real person's";

/** A flaw of a frame that holds enough of a message to answer it. */
const FLAWS: Partial<Readonly<Record<Flaw, string>>> = {
  'no-cr': 'The frame is not ended by FS and CR: what follows FS is no CR, so this may be a part of the message only',
  'too-long': 'The frame is longer than a message may be here',
};

/** What there is of a header where a message cannot be taken apart. */
const headerOf = (content: Buffer): Hl7Message => {
  try {
    return parseMessage(linesOf(content.toString('latin1'))[0] ?? '');
  } catch {
    return createMessage();
  }
};

const operationOf = (header: Hl7Message): string | undefined => {
  const [type, event] = [header.encoded('MSH-9.1'), header.encoded('MSH-9.2')];
  const name = type !== '' && event !== '' ? `${type}^${event}` : `${type}${event}`;
  return /^[A-Z0-9]{3}(?:\^[A-Z0-9]{3})?$/.test(name) ? name : undefined;
};

const printable = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, SHOWN);

/** One message on its way through the MLLP edge: what is known of it so far, and its entry in the journal. */
export class Reception {
  readonly host: Host;
  readonly delivery: Delivery;
  readonly id: string;
  readonly recording: Recording;
  /** Undefined where it cannot be taken apart: `error` says why, and `header` is what there is of MSH. */
  readonly message: Hl7Message | undefined;
  readonly header: Hl7Message;
  readonly facts: HeaderFacts;
  readonly error: Hl7Error | undefined;
  /** `ADT^A01`, as the journal and faults call it; undefined where MSH-9 is not that. */
  readonly operation: string | undefined;
  /** MSH-10, byte for byte. */
  readonly controlId: string;
  from: Caller = { participant: 'unknown', claimed: false };
  /** The faults that struck, in words. */
  faults: string | undefined;
  tolerated: readonly MessageFault[] = [];
  readonly #notes: string[] = [];
  readonly #real: number;
  readonly #began = performance.now();
  #start: ExchangeStart | undefined;
  #concealed = false;

  constructor(host: Host, delivery: Delivery) {
    const { content, flaw } = delivery.frame;
    this.host = host;
    this.delivery = delivery;
    this.#real = host.now();
    this.id = delivery.sender?.exchange ?? exchangeId(this.#real);
    this.recording = new Recording(host.journal, () => this.started());
    if (delivery.sender !== undefined) this.from = { participant: delivery.sender.participant, claimed: false };
    const why = flaw && FLAWS[flaw];
    try {
      if (why !== undefined) throw new Hl7Error(why, { condition: 207 });
      this.message = parseMessage(content);
    } catch (error) {
      if (!(error instanceof Hl7Error)) throw error;
      this.error = error;
    }
    this.header = this.message ?? headerOf(content);
    this.facts = factsOf(this.header);
    this.facts.operation ??= operationOf(this.header) ?? 'none';
    this.operation = this.facts.operation === 'none' ? undefined : this.facts.operation;
    this.controlId = this.header.encoded('MSH-10');
  }

  /** Undefined in original mode. */
  get mode(): Mode | undefined {
    this.facts.mode ??= modeOf(this.header) ?? 'none';
    return this.facts.mode === 'none' ? undefined : this.facts.mode;
  }

  /** The sandbox's time. */
  get now(): number {
    return sandboxNow(this.delivery.sandbox.row, this.#real);
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** What was wrong and is let pass, for the journal and for who can be told of warnings. */
  tolerate(findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    this.tolerated = findings.map((finding): MessageFault => ({ ...finding, severity: 'W' }));
    const said = findings.slice(0, SAID).map(({ detail }) => detail);
    this.note(`Tolerated: ${said.join('; ')}${findings.length > SAID ? `; and ${findings.length - SAID} more` : ''}`);
  }

  /** Keeps the message out of the journal. */
  conceal(): void {
    if (this.#concealed) return;
    this.#concealed = true;
    this.note(CONCEALED);
    if (!this.recording.begun) this.#start = undefined;
  }

  /** What goes back unless a fault strikes is known before its effect is committed: one row then holds the whole exchange. */
  willAnswer({ code, bytes }: { readonly code: string; readonly bytes: Uint8Array }): void {
    if (this.faults === undefined) this.recording.endsWith(() => this.#end(bytes, code));
  }

  /** Completes the exchange; `shown` is what went back, without its frame. */
  finish(shown: Uint8Array | undefined, code: string | undefined): void {
    if (this.recording.whole) return;
    const [start, end] = [this.started(), this.#end(shown, code)];
    if (this.recording.begun) this.host.journal.finish(start, end);
    else this.host.journal.record(start, end);
  }

  #end(shown: Uint8Array | undefined, code: string | undefined): ExchangeEnd {
    return {
      milliseconds: performance.now() - this.#began,
      summary: `${this.started().summary} ${shown === undefined ? '— no acknowledgement' : `→ ${code ?? 'no acknowledgement'}`}`,
      ...(shown === undefined ? {} : { reply: { headers: {}, body: shown } }),
      ...(this.faults === undefined ? {} : { fault: this.faults }),
      ...(this.#notes.length === 0 ? {} : { note: this.#notes.join('. ') }),
    };
  }

  started(): ExchangeStart {
    this.#start ??= this.#describe();
    return this.#start;
  }

  #describe(): ExchangeStart {
    const { sandbox, participant, url, frame } = this.delivery;
    const { operation } = this;
    return {
      id: this.id,
      sandbox: sandbox.row.id,
      serial: sandbox.row.serial,
      kind: 'mllp',
      at: this.now,
      atReal: this.#real,
      from: this.from.participant,
      claimed: this.from.claimed,
      to: participant.name,
      ...(operation === undefined ? {} : { operation }),
      summary: `${operation ?? 'no HL7 v2 message'} ${printable(this.controlId)}`.trimEnd(),
      request: { url, headers: {}, body: this.#concealed ? NO_BODY : frame.content },
    };
  }
}
