import type { Host } from '../http/host.ts';
import type { LoadedSandbox, ParticipantRow } from '../participants.ts';
import type { Consumer } from '../pattern.ts';
import type { Frame } from './mllp-frames.ts';

/** A frame that arrived for a participant. */
export interface Delivery {
  readonly sandbox: LoadedSandbox;
  readonly participant: ParticipantRow;
  /** Where it arrived, as the journal shows it: `mllp://127.0.0.1:2601`. */
  readonly url: string;
  readonly frame: Frame;
  /** The participant that sent it from inside the process, and the exchange that it is recorded as. */
  readonly sender?: { readonly participant: string; readonly exchange: string };
}

/** What goes back on the wire, framed (or as a fault left it), and what becomes of the connection then. */
export interface Outcome {
  readonly wire?: Buffer;
  readonly close?: 'end' | 'reset';
}

/** Who sends to whom in which sandbox. */
export interface Hl7Way {
  readonly sandbox: string;
  readonly from: string;
  readonly to: string;
}

/** A message to another participant. */
export interface OutgoingHl7 {
  /** The bytes of the message; a string is UTF-8. */
  readonly message: Uint8Array | string;
  /** Real milliseconds until the acknowledgement has to be there; 30,000 unless told. */
  readonly timeout?: number;
}

/** The acknowledgement of exactly that message: its MSA-2 was checked. */
export interface Acknowledged {
  /** MSA-1; undefined where the message asked for none (MSH-15 is NE). */
  readonly code?: 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';
  /** MSA-3, if any. */
  readonly text?: string;
  /** Its bytes. */
  readonly reply?: Uint8Array;
  /** The exchange in the journal. */
  readonly exchange: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly ports: readonly number[];
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Listening on ports, each for the participant of a sandbox to which it is leased. */
export interface Hl7Listener {
  readonly refused: readonly { readonly port: number; readonly why: string }[];
  /** Takes no more messages and finishes those in hand. Idempotent. */
  close(): Promise<void>;
}

/**
 * HL7 v2 over MLLP, as a pattern has it: made by `hl7v2({…})` of part.ts, so that what speaks no HL7 v2 carries no code for
 * it. This file holds types only, for the same reason.
 */
export interface Hl7Part {
  /** Those who receive messages where this dialect is spoken. */
  participantsIn(dialect: string): readonly string[];
  /** Never rejects. */
  deliver(host: Host, delivery: Delivery): Promise<Outcome>;
  /**
   * Throws NOT_FOUND (no such participant), `participant-without-url`, OUTBOUND_REFUSED, UPSTREAM_FAILED (which a wrong MSA-2
   * is, too) or UPSTREAM_TIMEOUT.
   */
  send(host: Host, way: Hl7Way, outgoing: OutgoingHl7): Promise<Acknowledged>;
  /**
   * The work queues of enhanced mode, which a pattern offers by having them among its own `consumers`; without them a
   * message that asks for that mode is refused.
   */
  readonly consumers: Readonly<Record<string, Consumer>>;
  /** Binds the ports that can be bound, and tells `host.mllp` of them. */
  listen(host: Host, options: ListenOptions): Promise<Hl7Listener>;
}
